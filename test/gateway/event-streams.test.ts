import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { Streams } from '../../src/gateway/api/streams.ts';
import { type Event, eventsOf } from './events.ts';
import { type Farm, installationOf, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

describe('a stream of events', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ heartbeatMs: 100 });
  });
  after(() => farm.stop());

  const signedIn = async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    const { body: tokens } = await pollUntilDone(tv, body['device_code']);
    return { tv, tokens, token: String(tokens['access_token']) };
  };
  const rest = async (events: AsyncGenerator<Event>) => {
    const names: string[] = [];
    for await (const { event } of events) names.push(event);
    return names;
  };

  it('ends with the sign-in where that is all that was asked for', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const events = eventsOf(farm.url, await tv.ownToken(), '?until=signed-in');
    assert.equal((await events.next()).value?.event, 'code');
    await signIn(farm, body['user_code']);
    assert.deepEqual(await rest(events), ['signed-in']);
  });

  it("of a viewer's token ends with the sign-out, and there is no other for that token", async () => {
    const { tv, token } = await signedIn();
    const events = eventsOf(farm.url, token);
    assert.equal((await events.next()).value?.event, 'signed-in');
    assert.equal((await tv.send('/v1/logout', { token, json: {} })).status, 200);
    assert.deepEqual(await rest(events), ['signed-out']);
    assert.equal((await tv.send('/v1/events', { token })).status, 401);
  });

  it('ends at every gateway when its grant is revoked at one', async () => {
    const { tv, tokens, token } = await signedIn();
    const second = await farm.another();
    const events = eventsOf(second.url, token);
    const own = eventsOf(second.url, await tv.ownToken());
    assert.equal((await events.next()).value?.event, 'signed-in');
    assert.equal((await own.next()).value?.event, 'signed-in');
    await tv.form('/oauth/revoke', { token: String(tokens['refresh_token']) });
    assert.deepEqual(await rest(events), ['signed-in'], 'still signed in, by another grant');
    assert.equal((await own.next()).value?.event, 'signed-in', "the TV's own goes on");
    await own.return(undefined);
    await second.stop();
  });

  it('of a TV that is blocked ends', async () => {
    const tv = await Tv.registered(farm);
    await tv.authorize();
    const events = eventsOf(farm.url, await tv.ownToken());
    assert.equal((await events.next()).value?.event, 'code');
    const list = { blocked: [installationOf(tv.clientId)] };
    await writeFile(farm.env['GATEWAY_STATEMENTS'] ?? '', JSON.stringify(list));
    assert.deepEqual(await rest(events), []);
  });

  it('ends with its access token, and the oldest where a device has too many', async () => {
    const streams = new Streams(new AbortController().signal);
    const short = streams.begin('tv:a', Date.now() + 50);
    await new Promise((resolve) => short.signal.addEventListener('abort', resolve));

    const later = Date.now() + 60_000;
    const all = Array.from({ length: 5 }, () => streams.begin('tv:b', later));
    const other = streams.begin('tv:c', later);
    const ended = () => [...all, other].map(({ signal }) => signal.aborted);
    assert.deepEqual(ended(), [true, false, false, false, false, false]);
    all[1]?.end();
    streams.begin('tv:b', later);
    assert.deepEqual(ended(), [true, true, false, false, false, false]);
  });

  it('ends when the gateway stops', () => {
    const stopping = new AbortController();
    const streams = new Streams(stopping.signal);
    const all = ['tv:a', 'tv:a', 'tv:b'].map((device) =>
      streams.begin(device, Date.now() + 60_000),
    );
    stopping.abort();
    all.push(streams.begin('tv:c', Date.now() + 60_000)); // it asked for its grant meanwhile
    assert.ok(all.every(({ signal }) => signal.aborted));
  });
});
