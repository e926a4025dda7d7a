import assert from 'node:assert/strict';
import type { AdobePass, CallRecord } from '../../src/adobe-pass/index.ts';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const viewer = { ...base, mvpd: 'Cable' };

/** A server whose clock is off: all it prints, and its `Date` header where `dated` says so. */
async function adobe(answer: (now: number) => object, aheadMs = 0, dated: 'so' | 'right' = 'so') {
  const server = await recorder(() => {
    const now = Date.now() + aheadMs;
    const date = new Date(dated === 'so' ? now : Date.now()).toUTCString();
    return { headers: { date }, body: answer(now) };
  });
  return { server, pass: clientOf(server) };
}

const session = (now: number) => ({
  actionName: 'authenticate',
  code: 'ABC123',
  notBefore: String(now),
  notAfter: String(now + 30 * MINUTE),
});

const signedIn = (from: number, until: number | undefined) => ({
  profiles: { Cable: { type: 'regular', issuer: 'Cable', notBefore: from, notAfter: until } },
});

function lasts(notAfter: number | undefined, ms: number): void {
  assert.ok(notAfter !== undefined, 'has no end');
  const off = notAfter - Date.now() - ms;
  assert.ok(Math.abs(off) < 10_000, `off by ${off} ms`);
}

describe("Adobe's clock", () => {
  afterEach(cleanUp);

  for (const aheadMs of [-3 * HOUR, -7 * MINUTE, 0, 7 * MINUTE, 3 * HOUR]) {
    for (const dated of ['so', 'right'] as const) {
      describe(`is ${aheadMs / MINUTE} minutes ahead, ${dated === 'so' ? 'as' : 'unlike'} its Date header`, () => {
        it('a code lives half an hour from the answer', async () => {
          const { pass } = await adobe(session, aheadMs, dated);
          const { notAfter } = await pass.createSession(base);
          lasts(notAfter, 30 * MINUTE);
        });

        it('a finished login is a sign-in, however short', async () => {
          const { server, pass } = await adobe(session, aheadMs, dated);
          await pass.createSession(base);
          const { answer } = server;
          const from = Date.now() + aheadMs;
          server.answer = (request, count) => ({
            ...(answer(request, count) as object),
            body: signedIn(from, from + HOUR),
          });
          const asked = [
            (await pass.profilesByCode({ ...base, code: 'ABC123' }))[0],
            await pass.profileByMvpd(viewer),
            (await pass.profiles(base))[0],
          ];
          for (const profile of asked) lasts(profile?.notAfter, HOUR);
        });

        it('a finished login is one for a process that has seen no session', async () => {
          const { pass } = await adobe((now) => signedIn(now, now + HOUR), aheadMs, dated);
          const [found] = await pass.profilesByCode({ ...base, code: 'ABC123' });
          // Minutes too few do no harm, where nothing but the wrong header tells of the clock.
          const left = (found?.notAfter ?? 0) - Date.now();
          assert.ok(left > HOUR - 10 * MINUTE && left <= HOUR, `${left} ms are left`);
        });

        it('a media token lives its own time', async () => {
          const { pass } = await adobe(
            (now) => ({
              decisions: [
                {
                  resource: 'r',
                  authorized: true,
                  token: { serializedToken: 't', notBefore: now, notAfter: now + 7 * MINUTE },
                },
              ],
            }),
            aheadMs,
            dated,
          );
          const [permit] = await pass.authorize({ ...viewer, resources: ['r'] });
          lasts(permit?.mediaToken?.notAfter, 7 * MINUTE);
        });

        it('an access token lives as long as it says', async () => {
          const { pass } = await adobe(
            (now) => ({ access_token: 't', created_at: now, expires_in: '21600' }),
            aheadMs,
            dated,
          );
          const credentials = { clientId: 'c', clientSecret: 's' };
          const { expiresAt } = await pass.accessToken({ credentials, device });
          // Never longer; a token that Adobe dates back by minutes may be an older one.
          const short = 6 * HOUR - (expiresAt - Date.now());
          assert.ok(short >= 0 && short <= 5 * MINUTE + 5_000, `short by ${short} ms`);
        });
      });
    }
  }

  it('tells the same of the same profile, however often and of whatever clock', async () => {
    for (const aheadMs of [-3 * HOUR, 3 * HOUR]) {
      const { server, pass } = await adobe(session, aheadMs, 'right');
      await pass.createSession(base);
      const from = Date.now() + aheadMs - 10 * MINUTE;
      server.answer = () => ({ body: signedIn(from, from + HOUR) });
      const [first] = await pass.profiles(base);
      const again = await pass.profileByMvpd(viewer);
      lasts(first?.notAfter, 50 * MINUTE);
      const apart = Math.abs((first?.notBefore ?? 0) - (again?.notBefore ?? 1));
      assert.ok(apart < 2_000, `${apart} ms apart`);
    }
  });

  it('leaves the moments as they are where both clocks agree', async () => {
    const from = Date.now() - 5 * HOUR;
    const { pass } = await adobe(() => signedIn(from, from + 24 * HOUR));
    const profile = await pass.profileByMvpd(viewer);
    assert.deepEqual([profile?.notBefore, profile?.notAfter], [from, from + 24 * HOUR]);
  });

  for (const aheadMs of [-3 * HOUR, 0, 3 * HOUR]) {
    it(`a profile that is over counts as none, ${aheadMs / HOUR} hours ahead`, async () => {
      const { pass, server } = await adobe(session, aheadMs);
      await pass.createSession(base);
      const { answer } = server;
      const now = Date.now() + aheadMs;
      server.answer = (request, count) => ({
        ...(answer(request, count) as object),
        body: signedIn(now - 2 * HOUR, now - MINUTE),
      });
      assert.equal(await pass.profileByMvpd(viewer), undefined);
      assert.deepEqual(await pass.profilesByCode({ ...base, code: 'ABC123' }), []);
      assert.deepEqual(await pass.profiles(base), []);
    });
  }

  it('takes a profile without a beginning by the Date header', async () => {
    const behind = -2 * HOUR;
    const { pass } = await adobe(
      (now) => ({ profiles: { Cable: { type: 'regular', notAfter: now + HOUR } } }),
      behind,
    );
    lasts((await pass.profileByMvpd(viewer))?.notAfter, HOUR);
  });
});

describe('moments', () => {
  afterEach(cleanUp);

  const forms: [string, (ms: number) => unknown][] = [
    ['milliseconds', (ms) => ms],
    ['milliseconds in a string', String],
    ['seconds', (ms) => Math.round(ms / 1000)],
    ['seconds in a string', (ms) => String(Math.round(ms / 1000))],
    ['fractions', (ms) => ms / 1000],
    ['ISO', (ms) => new Date(ms).toISOString()],
    ['ISO without a zone', (ms) => new Date(ms).toISOString().replace('Z', '')],
    ['an HTTP date', (ms) => new Date(ms).toUTCString()],
  ];
  for (const [form, print] of forms) {
    it(`are read as ${form}`, async () => {
      const { pass } = await adobe((now) => ({
        ...session(now),
        notBefore: print(now),
        notAfter: print(now + 20 * MINUTE),
        ...signedIn(0, 0),
        profiles: { Cable: { type: 'regular', notAfter: print(now + HOUR) } },
      }));
      lasts((await pass.createSession(base)).notAfter, 20 * MINUTE);
      lasts((await pass.profileByMvpd(viewer))?.notAfter, HOUR);
    });
  }

  const odd = [undefined, null, '', 'soon', {}, [], true, -1];
  const noted = async <T>(ask: (call: { onCall: (record: CallRecord) => void }) => Promise<T>) => {
    let note: string | undefined;
    const value = await ask({ onCall: (record) => void ({ note } = record) });
    return { value, note };
  };
  const halfAnHour = async (pass: AdobePass) => {
    const { value, note } = await noted(async (call) => pass.createSession(base, call));
    lasts(value.notAfter, 30 * MINUTE);
    assert.equal(note, 'the session has no end that could be told');
  };

  for (const notAfter of odd) {
    it(`a session that ends ${JSON.stringify(notAfter)} lives half an hour, and operators hear of it`, async () => {
      const { pass } = await adobe((now) => ({ ...session(now), notAfter }));
      await halfAnHour(pass);
    });

    it(`a profile that ends ${JSON.stringify(notAfter)} is looked at again in a day`, async () => {
      const { pass } = await adobe((now) => ({
        profiles: { Cable: { type: 'regular', notBefore: now, notAfter } },
      }));
      const { value, note } = await noted(async (call) => pass.profileByMvpd(viewer, call));
      lasts(value?.notAfter, 24 * HOUR);
      assert.equal(note, 'profiles.Cable has no end');
    });

    it(`a media token with times of ${JSON.stringify(notAfter)} is one`, async () => {
      const token = { serializedToken: 't', notBefore: notAfter, notAfter };
      const { pass } = await adobe(() => ({
        decisions: [{ resource: 'r', authorized: true, token }],
      }));
      const [permit] = await pass.authorize({ ...viewer, resources: ['r'] });
      assert.equal(permit?.mediaToken?.value, 't');
      lasts(permit.mediaToken.notAfter, 7 * MINUTE);
    });
  }

  it('a profile for ever ends on the last day that can be printed, whatever the clock', async () => {
    for (const notAfter of [Number.MAX_SAFE_INTEGER, '9223372036854775807', 1e308]) {
      const { pass } = await adobe(
        () => ({ profiles: { Cable: { type: 'regular', notAfter } } }),
        -2 * HOUR,
      );
      const profile = await pass.profileByMvpd(viewer);
      assert.equal(new Date(profile?.notAfter ?? 0).getUTCFullYear(), 9999);
    }
  });

  it('a session that ends before it begins, or in years, lives half an hour', async () => {
    for (const life of [-HOUR, 0, 3 * 365 * 24 * HOUR]) {
      const { pass } = await adobe((now) => ({ ...session(now), notAfter: now + life }));
      await halfAnHour(pass);
    }
  });

  it('a session without a beginning ends by the Date header', async () => {
    const { pass } = await adobe((now) => ({ ...session(now), notBefore: null }), 2 * HOUR);
    lasts((await pass.createSession(base)).notAfter, 30 * MINUTE);
  });

  it('a token from a sample of last year is worth its life', async () => {
    const { pass } = await adobe(() => ({
      ...session(1_733_735_289_035),
      access_token: 't',
      created_at: 1_752_148_106_221,
      expires_in: 21_600,
    }));
    lasts((await pass.createSession(base)).notAfter, 30 * MINUTE);
    const credentials = { clientId: 'c', clientSecret: 's' };
    lasts((await pass.accessToken({ credentials, device })).expiresAt, 6 * HOUR);
  });
});
