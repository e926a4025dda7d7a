import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { AdobePassError } from '../../src/adobe-pass/index.ts';
import type { AdobePass } from '../../src/adobe-pass/index.ts';
import { answer } from './arbitrary-answers.ts';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';

const LATEST_MS = Date.parse('9999-12-31T23:59:59Z');
const viewer = { ...base, mvpd: 'Cable' };
const code = { ...base, code: 'ABC123' };
const credentials = { clientId: 'c', clientSecret: 's' };

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
