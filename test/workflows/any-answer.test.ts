import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { type DeviceClient, DevicePassError, type Standing } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { freshIp, type Stack, startStack } from '../support/stack.ts';
import { lastWord, type Word, word } from './adobe-at-will.ts';
import { untilStatus } from './support.ts';

const NORTH = { id: 'NorthCable' };
const POLL_MS = 700;
const SESSIONS = { rule: 'always', limit: 2 } as const;
const SEQUENCES = Number(process.env['SEQUENCES'] ?? 20);
/** A profile that Adobe only claims may be in the way, of each provider once. */
const ROUNDS = 4;

/** What a viewer does, on the TV and on the phone. */
const deeds = {
  begin: (tv: DeviceClient) => tv.authenticate(),
  choose: (tv: DeviceClient) => tv.authenticate({ mvpd: NORTH }),
  anew: (tv: DeviceClient) => tv.authenticate({ restart: true }),
  trial: (tv: DeviceClient) => tv.authenticate({ mvpd: { id: 'TempPass_Preview' } }),
  onPhone: async (tv: DeviceClient) => {
    const { standing } = await tv.view();
    if (standing.status === 'pending') await tv.resume({ code: standing.code, mvpd: NORTH });
  },
  comeBack: (tv: DeviceClient) => tv.browserReturned(),
  look: (tv: DeviceClient) => tv.preauthorize(['channel-1'], { refresh: true }),
  play: (tv: DeviceClient) => tv.authorize('channel-1'),
  giveUp: (tv: DeviceClient) => tv.abandon(),
  leave: (tv: DeviceClient) => tv.logout(),
};
type Deed = keyof typeof deeds;

const step = fc.record({
  deed: fc.constantFrom(...(Object.keys(deeds) as Deed[])),
  words: fc.array(word, { maxLength: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What was found so, kept. */
const FOUND: [Step[], Word[]][] = [
  // The profile lives on, and the look that Adobe's `authorize` asks for can't be read.
  [
    [],
    [
      { operation: 'logout', kind: 'reset', times: 100_000 },
      { operation: 'profileByMvpd', kind: 'body', status: 200, body: '', times: 100_000 },
    ],
  ],
];

describe('whatever Adobe answers', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    const config = { pollIntervalMs: POLL_MS, automaticSessions: SESSIONS };
    stack = await startStack({ sandbox: { throttle: false }, config });
  });
  after(() => stack.stop());

  it('a viewer gets a code, signs in, plays or hears why not, and signs out [EEC-06]', async function () {
    this.timeout(600_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 4 }),
        fc.array(lastWord, { maxLength: 2 }),
        (steps, lasting) => live(steps, lasting),
      ),
      { numRuns: SEQUENCES, examples: FOUND },
    );
  });

  /** One device, each time at another address: our own limit is for each of them. */
  function newcomer(lasting: Word[]) {
    const id = randomUUID();
    const ips: string[] = [];
    return {
      ips,
      next: (words: Word[] = []) => {
        const ip = freshIp();
        ips.push(ip);
        for (const said of [...words, ...lasting]) stack.sandbox.faults.set({ ...said, ip });
        return stack.tv({ id, ip });
      },
    };
  }

  async function live(steps: Step[], lasting: Word[]): Promise<void> {
    const from = Date.now();
    const device = newcomer(lasting);
    await findsAWay(device.next); // so that there is a provider to remember
    for (const { deed, words } of steps) {
      const tv = device.next(words);
      await failsInOurWords(tv, () => deeds[deed](tv));
    }
    await findsAWay(device.next);
    stack.sandbox.faults.clear();
    const asked = device.ips.length;
    const opened = stack.sandbox.requests.filter(
      ({ operation, ip, status }) =>
        operation === 'createSession' && status === 200 && device.ips.includes(ip ?? ''),
    );
    // Each request for a code opens two at most, and nobody's request one each second poll.
    const most = 2 * asked + (Date.now() - from) / POLL_MS;
    assert.ok(opened.length <= most, `${opened.length} sessions, ${most} at most`);
  }

  /** A failure is one of ours, and operators see the last that Adobe caused. */
  async function failsInOurWords(tv: DeviceClient, deed: () => Promise<unknown>): Promise<void> {
    try {
      await deed();
    } catch (error) {
      assert.ok(error instanceof DevicePassError, String(error));
      if (error.status === undefined) return;
      const { lastError, calls } = await tv.view();
      assert.ok(lastError ?? calls.some(({ code }) => code === error.code), error.message);
    }
  }

  /** Whatever was before: a sign-in that plays, by the road that viewers have, and the way out. */
  async function findsAWay(next: () => DeviceClient): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      let standing: Standing = await next().authenticate();
      if (standing.status === 'pending') standing = await signInOnPhone(next, standing.code);
      assert.equal(standing.status, 'signed-in');
      const play = await next().authorize('channel-1');
      const left = await next().logout();
      assert.equal(left.status, 'signed-out');
      if (play.status === 'permitted') return;
      assert.ok(play.message, 'a denial says why');
    }
    assert.fail(`no sign-in plays in ${ROUNDS} rounds`);
  }

  /** A code that Adobe made up, or has ended, is told to be none; the TV gives another. */
  async function chooseOnPhone(next: () => DeviceClient, code: string): Promise<Standing> {
    try {
      return await next().resume({ code, mvpd: NORTH });
    } catch (error) {
      assert.ok(error instanceof DevicePassError, String(error));
      const isOver = ['invalid_authentication_session', 'invalid_parameter_code', 'unknown_code'];
      if (!isOver.includes(error.code)) throw error;
      const fresh = await next().authenticate({ restart: true });
      if (fresh.status !== 'pending') return fresh;
      return next().resume({ code: fresh.code, mvpd: NORTH });
    }
  }

  async function signInOnPhone(next: () => DeviceClient, code: string): Promise<Standing> {
    const chosen = await chooseOnPhone(next, code);
    if (chosen.status !== 'pending') return chosen;
    await signInAsViewer(chosen.url ?? '');
    const tv = next();
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in', 20_000);
    return tv.authenticate();
  }
});
