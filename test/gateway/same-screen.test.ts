import assert from 'node:assert/strict';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

describe('a login that began on the TV itself', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  const begin = async (tv: Tv, more: object = {}) => {
    const { status, body } = await tv.send('/v1/authenticate', {
      token: await tv.ownToken(),
      json: { mvpd: { id: 'SkyDish' }, ...more },
    });
    assert.equal(status, 200, JSON.stringify(body));
    return body['authorization'] as Record<string, string>;
  };

  it('gives way to a phone with a code of its own, by which any provider can be chosen', async () => {
    const tv = await Tv.registered(farm);
    const onTv = await begin(tv, { redirectUrl: 'https://tv.example.com/back' });
    assert.equal((await tv.poll(onTv['device_code'])).body['error'], 'authorization_pending');
    const { body: onPhone } = await tv.authorize();
    assert.notEqual(onPhone['user_code'], onTv['user_code']);
    await signIn(farm, onPhone['user_code'], 'NorthCable');
    assert.equal((await pollUntilDone(tv, onPhone['device_code'])).status, 200);
  });

  it('begins anew where it is to end elsewhere, and else goes on', async () => {
    const tv = await Tv.registered(farm);
    const first = await begin(tv);
    const again = await begin(tv);
    assert.equal(again['user_code'], first['user_code']);
    const elsewhere = await begin(tv, { redirectUrl: 'https://tv.example.com/back' });
    assert.notEqual(elsewhere['user_code'], first['user_code']);
    const other = await begin(tv, { redirectUrl: 'https://tv.example.com/back?state=2' });
    assert.equal(other['user_code'], elsewhere['user_code']);
  });
});
