import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { eventually } from '../support/stack.ts';
import { type Bench, startBench, waitingDevice } from './support.ts';

/** What the documents allow a DNS answer, and five seconds for a last request on its way. */
const ALLOWED_MS = 35_000;

describe('waiting for a login while Adobe moves by DNS', () => {
  let old: Sandbox;
  let moved: Sandbox;
  let bench: Bench;
  let address = '127.0.0.1';
  before(async () => {
    const lookup: LookupFunction = (_name, options, callback) => {
      if (options.all) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    };
    old = await startSandbox({ throttle: false });
    moved = await startSandbox({ throttle: false, host: '127.0.0.2', port: old.port });
    // It knows nobody, so it is told what to say to those who wait.
    const body = JSON.stringify({ profiles: {} });
    moved.faults.set({ operation: 'profileByCode', kind: 'body', body, share: 1 });
    bench = await startBench({
      running: old,
      adobePass: { baseUrl: `http://pass.test:${old.port}`, lookup },
      config: { pollIntervalMs: 500 },
    });
  });
  after(async () => {
    await bench.stop();
    await Promise.all([old.stop(), moved.stop()]);
  });

  it('leaves the old address within half a minute, however busy the connections [S2S-16]', async function () {
    this.timeout(60_000);
    // Polls come faster than a kept connection is given up, so that only its age can end it.
    for (const offset of [1, 2, 3]) {
      const device = await bench.registered(`tv-${offset}`);
      const { wanted } = await waitingDevice(bench, device);
      await bench.room.enter({ ...wanted, firstPollAt: Date.now() + offset * 150 });
    }
    await eventually(() => old.requests.length > 20, 'everybody polls the old address');
    address = '127.0.0.2';
    const movedAt = Date.now();
    await eventually(
      () => moved.requests.length > 0 && Date.now() - movedAt > ALLOWED_MS + 2_000,
      'everybody has moved',
      50_000,
    );
    const late = old.requests.filter(({ at }) => at > movedAt + ALLOWED_MS);
    assert.deepEqual(late, []);
    const last = old.requests.at(-1)?.at ?? 0;
    console.log(`      the old address was left ${Math.round((last - movedAt) / 1_000)} s later`);
    assert.ok(last > movedAt, 'connections were kept meanwhile');
  });
});
