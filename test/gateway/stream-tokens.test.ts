import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createLogger } from '../../src/log.ts';
import { type Farm, installationOf, pollUntilDone, signIn, startFarm, Tv } from './support.ts';
import { eventsIn } from '../../src/cli/demo/events.ts';
import { signer } from './support.ts';

describe('an address for an EventSource that sends no headers', () => {
  let farm: Farm;
  const log: string[] = [];
  before(async () => {
    const logger = createLogger('trace', { write: (line: string) => log.push(line) });
    farm = await startFarm({ logger, heartbeatMs: 100 });
  });
  after(() => farm.stop());

  const opened = async (tv: Tv, token: string) => {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': tv.ip };
    const response = await fetch(`${farm.url}/v1/events/token`, { method: 'POST', headers });
    assert.equal(response.status, 200);
    return (await response.json()) as { url: string; expiresIn: number };
  };
  const first = async (url: string) => {
    const ended = new AbortController();
    const response = await fetch(url, { signal: ended.signal });
    assert.equal(response.status, 200);
    assert.ok(response.body);
    for await (const event of eventsIn(response.body)) {
      ended.abort();
      return event.event;
    }
    return undefined;
  };

  it('streams the events of this TV, again and again, at every gateway', async () => {
    const tv = await Tv.registered(farm);
    await tv.authorize();
    const { url, expiresIn } = await opened(tv, await tv.ownToken());
    assert.ok(expiresIn > 60 && expiresIn <= 600, String(expiresIn));
    assert.equal(await first(url), 'code');
    assert.equal(await first(url), 'code');
    const second = await farm.another();
    assert.equal(await first(second.url + url.slice(farm.url.length)), 'code');
  });

  it('is good for nothing else, and is in no log', async () => {
    const tv = await Tv.registered(farm);
    await tv.authorize();
    const { url } = await opened(tv, await tv.ownToken());
    await first(url);
    const token = new URL(url).searchParams.get('stream_token') ?? '';
    for (const request of [{ token }, { headers: { authorization: `Bearer ${token}` } }]) {
      assert.equal((await tv.send('/v1/session', request)).status, 401);
      assert.equal((await tv.send('/v1/events', request)).status, 401);
    }
    const refused = await tv.send(`/v1/session?stream_token=${token}`);
    assert.equal(refused.status, 401);
    const own = await tv.ownToken();
    assert.equal((await tv.send(`/v1/events?stream_token=${own}`)).status, 401);
    assert.equal((await tv.send(`/v1/events?stream_token=${token}&stream_token=x`)).status, 401);
    assert.equal((await tv.send('/v1/events?stream_token=')).status, 401);
    assert.ok(log.length > 0 && log.every((line) => !line.includes(token.slice(-40))));
  });

  it("ends with the access token, the viewer's grant, or the TV", async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const own = await opened(tv, await tv.ownToken());
    const viewers = await opened(tv, String(tokens['access_token']));
    assert.equal(await first(viewers.url), 'signed-in');
    const old = { client: tv.clientId, exp: Date.now() - 1_000 };
    const ended = await signer(farm.env).sign('stream', old);
    assert.equal((await fetch(`${farm.url}/v1/events?stream_token=${ended}`)).status, 401);

    await tv.form('/oauth/revoke', { token: String(tokens['refresh_token']) });
    assert.equal((await fetch(viewers.url)).status, 401);
    assert.equal(await first(own.url), 'signed-in');

    const list = { blocked: [installationOf(tv.clientId)] };
    await writeFile(farm.env['GATEWAY_STATEMENTS'] ?? '', JSON.stringify(list));
    for (;;) {
      const stream = await fetch(own.url);
      if (stream.status === 401) break;
      assert.equal(stream.status, 200);
      await stream.text(); // until the heartbeat notices
    }
  });
});
