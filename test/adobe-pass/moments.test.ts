import assert from 'node:assert/strict';
import type { AdobePass, CallRecord } from '../../src/adobe-pass/index.ts';
import { adobe, HOUR, lasts, MINUTE, session, signedIn, viewer } from './off-clock.ts';
import { base, cleanUp, device } from './support.ts';

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
