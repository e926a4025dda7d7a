import assert from 'node:assert/strict';
import { eventually } from '../support/stack.ts';
import type { Waiter } from '../../src/activities/poller.ts';
import { ofDevice, open, seal } from '../../src/sealing/index.ts';
import { type Bench, type Registered, startBench, waitingDevice } from './support.ts';

/** More than the bulkhead takes: 200 under way, 400 that wait. */
const WAITS = 700;

describe('polls that are due at once, as after a pause of the process', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ config: { pollIntervalMs: 60_000 } });
  });
  after(() => bench.stop());

  it('take turns: none is refused, and neither is who asks for a code meanwhile', async () => {
    const device = await bench.registered();
    const other = await bench.registered('other'.padEnd(64, '0'));
    const wanted = await crowdOf(bench, device, WAITS);
    const asked = () =>
      bench.sandbox.requests.filter(({ operation }) => operation === 'profileByCode').length;
    bench.sandbox.faults.set({
      operation: 'profileByCode',
      kind: 'latency',
      ms: 300,
      times: WAITS,
    });
    for (const each of wanted) await bench.room.enter(each);
    await eventually(() => asked() > 0, 'the first poll');
    await bench.run(() => bench.adobe.createSession(other, { mvpd: 'NorthCable' }), other.deviceId);
    const before = asked();
    assert.ok(before < WAITS, `${before} polls had their turn by then`);
    await eventually(() => asked() === WAITS, 'all polls');
    assert.equal(bench.room.size, WAITS);
    for (const each of wanted) bench.room.leave(each);
  });

  it('need no turn when their wait has ended before', async () => {
    const device = await bench.registered();
    const wanted = await crowdOf(bench, device, 200);
    bench.sandbox.reset();
    bench.sandbox.faults.set({
      operation: 'profileByCode',
      kind: 'latency',
      ms: 500,
      times: WAITS,
    });
    for (const each of wanted) await bench.room.enter(each);
    await eventually(() => bench.sandbox.requests.length >= 150, 'as many as may');
    for (const each of wanted) bench.room.leave(each);
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.equal(bench.sandbox.requests.length, 150);
    assert.equal(bench.room.size, 0);
  });
});

/** Many devices with the registration of one. */
async function crowdOf(bench: Bench, device: Registered, count: number): Promise<Waiter[]> {
  const { wanted } = await waitingDevice(bench, device);
  const { keys } = bench;
  const { network, registration } = wanted;
  const address = await open(keys, network, ofDevice('network', device));
  const pair = await open(keys, registration.credentials, ofDevice('credentials', device));
  const token = await open(keys, registration.accessToken.sealed, ofDevice('access-token', device));
  const firstPollAt = Date.now() + 2_000;
  return Promise.all(
    Array.from({ length: count }, async (_none, index): Promise<Waiter> => {
      const whose = { app: device.app, deviceId: `${index}`.padStart(64, 'c') };
      const sealed = await seal(keys, token, ofDevice('access-token', whose));
      const credentials = await seal(keys, pair, ofDevice('credentials', whose));
      const own = await seal(keys, address, ofDevice('network', whose));
      const accessToken = { ...registration.accessToken, sealed };
      return {
        ...wanted,
        ...whose,
        network: own,
        firstPollAt,
        registration: { credentials, accessToken },
      };
    }),
  );
}
