import assert from 'node:assert/strict';
import { type Farm, logIn, pollUntilDone, startFarm, Tv } from './support.ts';

describe('several profiles on the TV [ATN-16]', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('are listed for a choice, which needs no code and ends the tokens of before', async () => {
    const tv = await Tv.registered(farm);
    const first = await logIn(tv);
    await logIn(tv, 'SkyDish');
    const token = await tv.ownToken();
    const { status, body } = await tv.send('/v1/profiles', { token });
    assert.equal(status, 200);
    const profiles = body['profiles'] as Record<string, unknown>[];
    assert.deepEqual(
      profiles.map(({ mvpd, type }) => [mvpd, type]),
      [
        [{ id: 'SkyDish' }, 'regular'],
        [{ id: 'NorthCable' }, 'regular'],
      ],
    );
    assert.deepEqual(Object.keys(profiles[0] ?? {}), ['mvpd', 'type', 'expiresAt', 'expiresIn']);
    const old = await tv.send('/v1/profiles', { token: first });
    assert.equal(old.status, 401, 'that sign-in is over');

    const [, north] = profiles;
    const json = { mvpd: north?.['mvpd'], screen: 'second' };
    const { body: chosen } = await tv.send('/v1/authenticate', { token, json });
    const { user_code: code, device_code: deviceCode } = chosen['authorization'] as Record<
      string,
      unknown
    >;
    assert.equal(code, 'SIGNED-IN');
    const { body: tokens } = await pollUntilDone(tv, deviceCode);
    const session = await tv.send('/v1/session', { token: String(tokens['access_token']) });
    assert.deepEqual((session.body['mvpd'] as { id: string }).id, 'NorthCable');
  });

  it('may be asked for so often, and then later', async () => {
    const tv = await Tv.registered(farm);
    const token = await tv.ownToken();
    const answers = [];
    for (let count = 0; count < 61; count += 1) answers.push(tv.send('/v1/profiles', { token }));
    const all = await Promise.all(answers);
    const refused = all.filter(({ status }) => status === 429);
    assert.equal(refused.length, 1);
    assert.equal(refused[0]?.body['action'], 'retry');
    assert.ok(Number(refused[0]?.headers.get('retry-after')) > 0);
  });
});
