import { dcrCodes, type ErrorCode, type Place, v2Codes } from '../../src/error-codes/index.ts';
import { enhancedError } from '../../src/sandbox/errors.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type Saying, Walk } from './walk.ts';

/** In an order in which a device can be brought from each to the next. */
const ORDER: Place[] = [
  'register',
  'token',
  'trial',
  'profiles',
  'createSession',
  'resumeSession',
  'retrieveSession',
  'profileByCode',
  'preauthorize item',
  'preauthorize',
  'authorize item',
  'authorize',
  'logout',
];
const V2 = ORDER.slice(2);

interface Case {
  what: string;
  saying: Saying;
  places: readonly Place[];
}

/** As the sandbox says it, which shares no table with the clients. */
const documented: Case[] = v2Codes.map((known) => {
  const error = enhancedError(known.code);
  const saying = { ...known, error, http: error.status };
  return { what: known.code, saying, places: known.places };
});

const registration: Case[] = dcrCodes.map((known: ErrorCode) => ({
  what: `${known.code} of ${known.places.join()}`,
  saying: { ...known, error: { error: known.code }, http: 400 },
  places: known.places,
}));

const novel = { code: 'of_later_days', status: 403, message: 'No.' };
const unknown = (what: string, action: string, error: object, code = novel.code): Case => ({
  what,
  saying: { code, action, status: 403, error, http: 403 },
  places: V2.filter((place) => place !== 'trial' || action !== 'application-registration'),
});
const strange: Case[] = [
  ...[
    'none',
    'configuration',
    'application-registration',
    'authentication',
    'authorization',
    'retry',
    'think-again',
  ].map((action) =>
    unknown(`an unknown code with the action ${action}`, action, { ...novel, action }),
  ),
  unknown('an unknown code without an action', 'none', novel),
  unknown('a code and an action that are numbers', '5', { code: 7, action: 5, status: 'x' }, '7'),
  unknown('an action that is a list', 'none', { ...novel, action: ['retry'], message: {} }),
];

/** Each on a device of its own, all at once: what is asked is whether it comes as the table says. */
describe('what comes of an error of Adobe [ERR-01] [EEC-01] [EEC-02] [EEC-06]', function () {
  this.timeout(120_000);
  let stack: Stack;
  let walks: Map<string, Promise<void>>;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
    walks = new Map(
      [...documented, ...registration, ...strange].map((one) => [one.what, walk(one)]),
    );
    // Each is asked for by a test of its own, later.
    for (const each of walks.values()) each.catch(() => {});
  });
  after(async () => {
    await Promise.allSettled(walks.values());
    await stack.stop();
  });

  async function walk({ saying, places }: Case): Promise<void> {
    const device = new Walk(stack, saying);
    for (const place of ORDER.filter((one) => places.includes(one))) await device.visit(place);
  }

  for (const { what, places } of [...documented, ...registration, ...strange]) {
    it(`${what}: as the table says, at ${places.length} places`, () => walks.get(what));
  }
});
