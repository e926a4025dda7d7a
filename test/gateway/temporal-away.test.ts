import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { Road } from '../support/road.ts';
import { sharedTemporal } from '../support/stack.ts';
import { type Farm, pollUntilDone, type RunningGateway, startFarm, Tv } from './support.ts';

describe('a gateway whose Temporal is away', () => {
  let farm: Farm;
  let road: Road;
  let connection: Connection;
  let gateway: RunningGateway;
  before(async () => {
    farm = await startFarm();
    const { temporal } = await sharedTemporal();
    road = await Road.to(temporal.address);
    connection = await Connection.connect({ address: road.address });
    gateway = await farm.another({ temporal: new Client({ connection }) });
  });
  after(async () => {
    await gateway.stop();
    await connection.close();
    road.close();
    await farm.stop();
  });

  it('lets TVs wait, and tells them of a sign-in that it could not hear of', async function () {
    this.timeout(120_000);
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize({}, gateway.url);
    const poll = () => tv.poll(shown['device_code'], gateway.url);
    assert.equal((await poll()).body['error'], 'authorization_pending');
    const phone = await new Tv(farm).send(`/v1/activation/${String(shown['user_code'])}`, {
      json: { mvpd: { id: 'NorthCable' } },
    });
    const other = await Tv.registered(farm);
    road.close();

    assert.match(String((await poll()).body['error']), /authorization_pending|slow_down/);
    // A TV that the gateway has never heard of: real clients give up at a 5xx.
    const refused = await other.authorize({}, gateway.url);
    assert.deepEqual([refused.status, refused.body['error']], [503, 'temporarily_unavailable']);
    await signInAsViewer(String(phone.body['url']));
    await new Promise((resolve) => setTimeout(resolve, 5_000)); // nobody listens to the push

    // Looking for what was missed now and then (after three minutes) would be too late.
    await road.open();
    const done = await pollUntilDone(tv, shown['device_code'], gateway.url, 40_000);
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.equal((await other.authorize({}, gateway.url)).status, 200);
  });
});
