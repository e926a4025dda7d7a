import assert from 'node:assert/strict';
import { generateTokenKey } from '../../src/gateway/index.ts';
import { KeyRing } from '../../src/client.ts';
import { eventsOf } from './events.ts';
import { eventually } from '../support/stack.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

describe('a farm of gateways', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('serves a TV that registers at one, polls another and is activated at the first', async () => {
    const second = await farm.another();
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const elsewhere = await tv.authorize({}, second.url);
    assert.equal(elsewhere.body['device_code'], body['device_code']);
    const pending = await tv.poll(body['device_code'], second.url);
    assert.equal(pending.body['error'], 'authorization_pending');
    await signIn(farm, body['user_code']);
    const { status, body: token } = await pollUntilDone(tv, body['device_code'], second.url);
    assert.equal(status, 200);
    assert.equal((await tv.refresh(token['refresh_token'])).status, 200);
    await second.stop();
  });

  it('lets a TV go on with the same device_code when its gateway is gone', async () => {
    const mortal = await farm.another();
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize({}, mortal.url);
    await tv.poll(body['device_code'], mortal.url);
    await mortal.stop();
    await assert.rejects(tv.poll(body['device_code'], mortal.url));
    await signIn(farm, body['user_code']); // nobody hears of it at that moment

    const reborn = await farm.another({ port: mortal.port });
    const { status } = await pollUntilDone(tv, body['device_code'], reborn.url);
    assert.equal(status, 200);
    await reborn.stop();
  });

  it('takes no code for ended because another gateway gave it out', async () => {
    const second = await farm.another();
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: token } = await pollUntilDone(tv, shown['device_code']);
    await tv.send('/v1/logout', {
      token: String(token['access_token']),
      json: {},
      url: second.url,
    });
    const { body: next } = await tv.authorize({}, second.url);
    const { body: answer } = await tv.poll(next['device_code']);
    assert.equal(answer['error'], 'authorization_pending', 'the first has heard of the sign-in');
    assert.equal((await tv.poll(shown['device_code'])).body['error'], 'expired_token');
    const events = eventsOf(farm.url, await tv.ownToken(), '?until=signed-in');
    assert.equal((await events.next()).value?.event, 'code', 'and of nothing after it');
    await events.return(undefined);
    await second.stop();
  });

  it('rotates the keys of tokens and clients without signing anybody out', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    const { body: token } = await pollUntilDone(tv, body['device_code']);
    const { keys } = JSON.parse(farm.env['GATEWAY_TOKEN_KEYS'] ?? '') as { keys: object[] };
    const rotated = await farm.another({
      env: {
        GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey(), ...keys] }),
        GATEWAY_CLIENT_KEYS: `${KeyRing.generate().export()},${farm.env['GATEWAY_CLIENT_KEYS']}`,
      },
    });
    const session = await tv.send('/v1/session', {
      token: String(token['access_token']),
      url: rotated.url,
    });
    assert.equal(session.status, 200);
    const refreshed = await tv.refresh(token['refresh_token'], rotated.url);
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
    const [header = ''] = String(refreshed.body['access_token']).split('.');
    assert.notEqual(header, String(token['access_token']).split('.')[0]);
    await rotated.stop();
  });

  it('rotates in two steps, at no moment of which one gateway refuses what another gave', async () => {
    const fresh = await generateTokenKey();
    const { keys } = JSON.parse(farm.env['GATEWAY_TOKEN_KEYS'] ?? '') as { keys: object[] };
    const ring = KeyRing.parse(farm.env['GATEWAY_CLIENT_KEYS'] ?? '').withNewKey();
    const withKeys = async (tokenKeys: object[], clientKeys: KeyRing) =>
      farm.another({
        env: {
          GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: tokenKeys }),
          GATEWAY_CLIENT_KEYS: clientKeys.export(),
        },
      });
    const added = await withKeys([...keys, fresh], ring);
    const moved = await withKeys([fresh, ...keys], ring.withFirst(ring.ids.at(-1) ?? ''));
    for (const [giver, taker] of [
      [farm, added],
      [added, farm],
      [added, moved],
      [moved, added],
    ] as const) {
      const tv = await Tv.registered({ url: giver.url, statement: farm.statement });
      const token = await tv.ownToken();
      const session = await tv.send('/v1/session', { token, url: taker.url });
      assert.equal(session.status, 200);
      assert.equal((await tv.authorize({}, taker.url)).status, 200);
    }
    const { body } = await new Tv(farm).send('/.well-known/jwks.json', { url: moved.url });
    assert.equal((body['keys'] as object[]).length, 2);
    await Promise.all([added.stop(), moved.stop()]);
  });
});

describe('a code that runs out', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ sandbox: { codeLifeMs: 3_000 }, standings: { presentMs: 1_000 } });
  });
  after(() => farm.stop());

  it('is followed by the code that the workflow opened for a TV that polled', async () => {
    const tv = await Tv.registered(farm);
    const { body: first } = await tv.authorize();
    const { body } = await pollUntilDone(tv, first['device_code']);
    assert.equal(body['error'], 'expired_token');
    const { body: next } = await tv.authorize();
    assert.notEqual(next['user_code'], first['user_code']);
    assert.equal((await tv.poll(first['device_code'])).body['error'], 'expired_token');
    await signIn(farm, next['user_code']);
    assert.equal((await pollUntilDone(tv, next['device_code'])).status, 200);
  });

  it('is not followed by another for a TV that was seen too long ago', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await tv.poll(shown['device_code']); // watched from now on, and then switched off
    const token = await tv.ownToken();
    const session = await eventually(async () => {
      const { body } = await tv.send('/v1/session', { token });
      return body['status'] === 'signed-out' && body;
    }, 'the code has run out');
    assert.equal(session['reason'], 'code-expired');
  });
});
