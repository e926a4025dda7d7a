import assert from 'node:assert/strict';
import { eventually } from '../support/stack.ts';
import { awaitLogin, type Bench, startBench, waitingDevice } from './support.ts';

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
    const { wanted } = await waitingDevice(bench, device);
    const asked = () =>
      bench.sandbox.requests.filter(({ operation }) => operation === 'profileByCode').length;
    bench.sandbox.faults.set({
      operation: 'profileByCode',
      kind: 'latency',
      ms: 300,
      times: WAITS,
    });
    const waits = Array.from({ length: WAITS }, async () => awaitLogin(bench, wanted));
    await eventually(() => asked() > 0, 'the first poll');
    await bench.run(() => bench.adobe.createSession(other, { mvpd: 'NorthCable' }), other.deviceId);
    const before = asked();
    assert.ok(before < WAITS, `${before} polls had their turn by then`);
    await eventually(() => asked() === WAITS, 'all polls');
    bench.waits.stop(device);
    const ends = await Promise.all(waits);
    const told = ends.map(
      ({ outcome, polls, failedPolls }) => `${outcome} ${polls} ${failedPolls}`,
    );
    assert.deepEqual([...new Set(told)], ['stopped 1 0']);
    assert.equal(bench.waits.size, 0);
  });

  it('need no turn when their wait has ended before', async () => {
    const device = await bench.registered();
    const { wanted } = await waitingDevice(bench, device);
    bench.sandbox.reset();
    bench.sandbox.faults.set({
      operation: 'profileByCode',
      kind: 'latency',
      ms: 500,
      times: WAITS,
    });
    const waits = Array.from({ length: 200 }, async () => awaitLogin(bench, wanted));
    await eventually(() => bench.sandbox.requests.length >= 150, 'as many as may');
    bench.waits.stop(device);
    const ends = await Promise.all(waits);
    assert.ok(ends.every(({ outcome }) => outcome === 'stopped'));
    assert.equal(ends.filter(({ polls }) => polls === 0).length, 50);
    assert.equal(bench.sandbox.requests.length, 150);
  });
});
