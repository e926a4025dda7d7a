import assert from 'node:assert/strict';
import { found } from '../../src/activities/found-profile.ts';
import type { Profile } from '../../src/adobe-pass/index.ts';
import { KeyRing } from '../../src/sealing/index.ts';

const HOUR_MS = 3_600_000;
const now = Date.now();
const good: Profile = {
  mvpd: 'SkyDish',
  type: 'regular',
  issuer: 'SkyDish',
  notBefore: now,
  notAfter: now + HOUR_MS,
  attributes: {},
};

describe('profiles that Adobe shows', () => {
  it('are told from newer ones of the same provider, with some tolerance for the way of an answer', async () => {
    const seen = async (mark: object) => {
      const whose = { app: 'demo', deviceId: 'd' };
      const marks = [{ mvpd: 'SkyDish', ...mark }];
      const [one] = await found(KeyRing.generate(), whose, [good], marks);
      return one?.passedOver ?? false;
    };
    const { notBefore, notAfter } = good;
    assert.equal(await seen({}), true, 'any of that provider');
    assert.equal(await seen({ notBefore, notAfter }), true);
    assert.equal(await seen({ notBefore: now - 900, notAfter: notAfter - 900 }), true);
    assert.equal(await seen({ notBefore: now - 60_000, notAfter }), false, 'made later');
    assert.equal(await seen({ notBefore, notAfter: notAfter - 60_000 }), false, 'ends later');
    assert.equal(await seen({ mvpd: 'NorthCable' }), false);
  });
});
