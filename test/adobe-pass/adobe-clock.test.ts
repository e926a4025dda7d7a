import assert from 'node:assert/strict';
import { adobe, HOUR, lasts, MINUTE, session, signedIn, viewer } from './off-clock.ts';
import { base, cleanUp, device } from './support.ts';

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

        it('a finished login is a sign-in though the answer with the code was slow', async () => {
          const { server, pass } = await adobe(session, aheadMs, dated);
          const { answer } = server;
          server.answer = (request, count) => ({
            ...(answer(request, count) as object),
            delayMs: 300,
          });
          await pass.createSession(base);
          server.answer = (request, count) => {
            const now = Date.now() + aheadMs;
            return { ...(answer(request, count) as object), body: signedIn(now, now + HOUR) };
          };
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
