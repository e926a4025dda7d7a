import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { AdobePassError } from '../../src/adobe-pass/index.ts';
import type { AdobePass } from '../../src/adobe-pass/index.ts';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';

const LATEST_MS = Date.parse('9999-12-31T23:59:59Z');
const viewer = { ...base, mvpd: 'Cable' };
const code = { ...base, code: 'ABC123' };
const credentials = { clientId: 'c', clientSecret: 's' };

/** Anything, but often what is documented. */
const often = (...documented: unknown[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...documented) },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined, '', 7, -1, 'x', true, [], {}) },
    { weight: 1, arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: false }) },
  );
const now = Date.now();
const times = [-1e7, -60_000, 0, 60_000, 1.8e6, 1e9].map((ms) => now + ms);
const time = often(
  ...times,
  ...times.map(String),
  ...times.map((ms) => Math.round(ms / 1000)),
  new Date(now).toISOString(),
  9e15,
  1e308,
);
const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: often({}) },
  );
const error = record({
  action: often('none', 'retry', 'authentication', 'configuration', 'novel'),
  code: often('authenticated_profile_missing', 'internal_server_error', 'novel_code'),
  status: often(400, '403', 500),
  message: often('Words.', { text: 'Words.' }),
  trace: often('t-1'),
});
const life = { notBefore: time, notAfter: time };
const profile = record({ ...life, type: often('regular', 'temporary'), attributes: often({}) });
const decision = record({
  ...life,
  resource: often('r', ' R'),
  authorized: often(true, false),
  token: record({ ...life, serializedToken: often('t') }),
  error,
});
const entry = record({ actionName: often('logout'), url: often('/bye', '//other.example/') });
const body = fc.oneof(
  error,
  record({ error }),
  record({
    ...life,
    profiles: fc.dictionary(fc.constantFrom('Cable', 'CABLE', 'Other'), profile),
    decisions: fc.array(decision, { maxLength: 4 }),
    logouts: fc.dictionary(fc.constantFrom('Cable', 'Other'), entry),
    requestor: record({ mvpds: fc.array(record({ id: often('A') }), { maxLength: 3 }) }),
    actionName: often('authenticate', 'resume', 'authorize'),
    code: often('ABC123'),
    url: often('/page', 'https://other.example/', 'javascript:alert(1)'),
    missingParameters: often(['mvpd'], []),
    existingParameters: often({ mvpd: 'Cable' }),
    access_token: often('t'),
    created_at: time,
    expires_in: often(21_600, '21600', 0),
    client_id: often('c'),
    client_secret: often('s'),
  }),
);
const answer = fc.record({
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant(200) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 405, 429, 500, 503),
    },
  ),
  headers: fc.record(
    {
      date: fc.constantFrom(...times.map((ms) => new Date(ms).toUTCString()), 'yesterday'),
      location: fc.constantFrom('/x', '//other.example/', 'javascript:alert(1)'),
      'retry-after': fc.constantFrom('3', '-1', 'soon'),
    },
    { requiredKeys: [] },
  ),
  body: fc.oneof(
    { weight: 6, arbitrary: body },
    { weight: 1, arbitrary: often('<html>', '{"a":') },
  ),
});

const calls: Record<string, (pass: AdobePass) => Promise<unknown>> = {
  register: async (pass) => pass.register({ softwareStatement: 's', device }),
  token: async (pass) => pass.accessToken({ credentials, device }),
  configuration: async (pass) => pass.configuration(base),
  createSession: async (pass) => pass.createSession(base),
  resumeSession: async (pass) => pass.resumeSession(code),
  retrieveSession: async (pass) => pass.retrieveSession(code),
  profiles: async (pass) => pass.profiles(base),
  profileByMvpd: async (pass) => pass.profileByMvpd(viewer),
  profilesByCode: async (pass) => pass.profilesByCode(code),
  preauthorize: async (pass) => pass.preauthorize({ ...viewer, resources: ['r', 'q'] }),
  authorize: async (pass) => pass.authorize({ ...viewer, resources: ['r'] }),
  logout: async (pass) => pass.logout({ ...viewer, redirectUrl: 'https://app.example' }),
};

/** Every moment can be printed, and every end is yet to come; every address is Adobe's. */
function check(value: unknown, from: number, url: string): void {
  if (Array.isArray(value)) {
    for (const each of value) check(each, from, url);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    if (name === 'attributes') continue;
    if (name === 'notAfter' || name === 'expiresAt') {
      assert.ok(typeof each === 'number' && each > from && each <= LATEST_MS, `${name} ${each}`);
    }
    if (name === 'notBefore') new Date(each as number).toISOString();
    if (name === 'url') assert.ok(String(each).startsWith(url), String(each));
    if (name === 'code') assert.equal(typeof each, 'string');
    check(each, from, url);
  }
}

describe('whatever Adobe answers', () => {
  afterEach(cleanUp);

  for (const [operation, call] of Object.entries(calls)) {
    it(`to ${operation} is a sane value or a typed error`, async function () {
      this.timeout(120_000);
      let given: { status: number; headers: Record<string, string>; body?: unknown };
      const server = await recorder(() => {
        const { date, ...headers } = given.headers;
        return { ...given, headers: date === undefined ? headers : { ...headers, date } };
      });
      await fc.assert(
        fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 3 }), async (answers) => {
          // One client hears them all, as Adobe's clock is learned from what came before.
          const pass = clientOf(server, {
            breaker: { consecutiveFailures: 1e6, halfOpenAfterMs: 1 },
          });
          for (const each of answers) {
            given = { ...each, headers: { ...each.headers } };
            const from = Date.now();
            try {
              check(await call(pass), from, server.url);
            } catch (failure) {
              if (!(failure instanceof AdobePassError)) throw failure;
              assert.ok(failure.code !== '' && failure.action !== '');
            }
          }
        }),
        { numRuns: 60 },
      );
    });
  }
});
