import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  actionsUsd,
  billedPerHour,
  resourceUnits,
  storageUsd,
} from '../../bench/capacity/cloud.ts';
import { loadSchema, readCosts } from '../../bench/capacity/costs.ts';
import { check, demandOf, replayShare, steadyLoad } from '../../bench/capacity/model.ts';
import { devicesPerWorker, LIMITS, shardsFor, sizeFor } from '../../bench/capacity/size.ts';
import { ROUND } from './support.ts';

function near(actual: number, expected: number, what?: string): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${what ?? ''} ${actual}, not ${expected}`);
}

describe('the capacity model', () => {
  it('adds up what happens, and what stands still', () => {
    const load = loadSchema.parse({ waiting: 3_000, codes: 10, signIns: 20, authorizes: 30 });
    const { cores, transactions, actions, events } = demandOf(load, 2, ROUND);
    near(cores.worker, 200 * 0.001 + 10 * 0.02 + 20 * 0.01 + 30 * 0.01 + 2 * 0.02);
    near(cores.server, 10 * 0.01 + 20 * 0.006 + 30 * 0.004 + 0.5);
    near(cores.database, 10 * 0.005 + 20 * 0.003 + 30 * 0.002 + 0.25);
    // A room is silent for 4 s at most and beats three times in them: of two rooms 1.5 a second.
    near(transactions, 50 + 80 + 60 + 1.5 + 3);
    near(actions, 50 + 80 + 60 + 1.5);
    near(events, 90 + 160 + 180);
  });

  it('knows of a steady state that as many come as sign in', () => {
    const { codes, signIns, authorizes, waiting } = steadyLoad(34_000, 120);
    near(codes, 34_000 / 120);
    assert.deepEqual([signIns, authorizes, waiting], [codes, codes, 34_000]);
  });

  it('replays whom the memory of a worker has no room for', () => {
    assert.equal(replayShare(0.5), 1);
    assert.equal(replayShare(1), 1);
    near(replayShare(3), Math.E ** -2);
  });

  it('says how far it is from what was measured, and is silent where nothing was', () => {
    const load = loadSchema.parse({ codes: 10 });
    const point = { name: 'ten', processes: 1, load, cores: { worker: 0.11 }, transactions: 100 };
    const [worker, transactions, ...more] = check([point], ROUND);
    assert.deepEqual([worker?.what, transactions?.what, more], ['worker', 'transactions', []]);
    near(worker?.ratio ?? 0, 2);
    near(transactions?.ratio ?? 0, (50 + 0.75 + 3) / 100);
  });
});

describe('the size of a fleet', () => {
  it('has two workers for nobody', () => {
    const { processes, boundBy, cloud } = sizeFor(steadyLoad(0, 120), ROUND);
    assert.deepEqual([processes, boundBy, cloud.units], [2, 'least', 1]);
  });

  it('leaves half of a core free', () => {
    // 12,000 wait for 120 s: 800 polls, 100 codes, sign-ins and plays, and e^-2 of them replayed.
    const cores = 0.8 + 2 + 1 + 1 + 100 * Math.E ** -2 * 0.008;
    const { processes, boundBy, demand } = sizeFor(steadyLoad(12_000, 120), ROUND);
    assert.deepEqual([processes, boundBy], [Math.ceil(cores / (0.5 - 0.02)), 'CPU']);
    near(demand.cores.worker, cores + processes * 0.02);
  });

  it('is enough with one less', () => {
    const few = { ...LIMITS, utilisation: 0.7, utilisationWithoutOne: 0.75 };
    // 0.12 cores for polls, 0.6 for 15 of each a second, 0.02 for replays: two have room for 0.68 each.
    const { processes, boundBy } = sizeFor(steadyLoad(1_800, 120), ROUND, few);
    assert.deepEqual([processes, boundBy], [3, 'CPU without one']);
  });

  it('takes in within a minute whoever waited in a process that died', () => {
    // 50 a second are taken in by each that is left.
    const load = loadSchema.parse({ waiting: 60_000, pollIntervalS: 600 });
    const { processes, boundBy } = sizeFor(load, ROUND, { ...LIMITS, memoryMb: 100_000 });
    assert.equal(boundBy, 'takeover');
    const takenInS = (n: number) => 60_000 / n / (50 * (n - 1));
    assert.ok(takenInS(processes) <= 60 && takenInS(processes - 1) > 60);
  });

  it('fits into memory', () => {
    const load = loadSchema.parse({ waiting: 60_000, pollIntervalS: 600 });
    const { processes, boundBy, memoryMbPerProcess, cachedDevices } = sizeFor(load, ROUND);
    // 0.1 + 3 * 0.2 MB each, of 1,848 that are free.
    assert.deepEqual([processes, boundBy], [Math.ceil(42_000 / 1_848), 'memory']);
    assert.equal(cachedDevices, 7_900); // 60,000 / 23 * 3, in hundreds
    near(memoryMbPerProcess, 200 + (60_000 / 23) * 0.1 + 7_900 * 0.2);
  });

  it('has shards for all writes at once, of which one in twenty waits', () => {
    assert.equal(shardsFor(100, ROUND), 512);
    // 4 ms each: 25.6 at once at 6,400 a second are a twentieth of 512.
    assert.equal(shardsFor(6_400, ROUND), 512);
    assert.equal(shardsFor(6_401, ROUND), 1_024);
  });

  it('says how many devices a worker is good for, whatever their number', () => {
    const each = devicesPerWorker(ROUND, 120);
    for (const waiting of [50_000, 200_000]) {
      const { processes } = sizeFor(steadyLoad(waiting, 120), ROUND);
      const ratio = waiting / processes / each;
      assert.ok(ratio > 0.97 && ratio < 1.05, `${ratio} for ${waiting}`);
    }
    assert.ok(devicesPerWorker(ROUND, 60) < each, 'who waits shorter costs more');
  });
});

describe('the price of actions', () => {
  it('is that of the example of the documentation', () => {
    assert.equal(actionsUsd(11_250_000), 525);
    assert.equal(actionsUsd(1_000_000), 50);
  });

  it('falls by tiers, and not below the last that is public', () => {
    assert.equal(actionsUsd(200e6), 250 + 225 + 400 + 1_050 + 1_500 + 2_500);
    assert.equal(actionsUsd(300e6) - actionsUsd(200e6), 2_500);
  });

  it('has storage by the hour, as in the example', () => {
    near(storageUsd(1, 720), 30.24);
  });

  it('has capacity in steps, of which a fifth is paid for', () => {
    const had = [0, 500, 501, 2_100, 5_900, 6_100].map(resourceUnits);
    assert.deepEqual(had, [1, 1, 2, 6, 12, 13]);
    // The example of the documentation: four units, in its first and in its last hour.
    assert.equal(billedPerHour(2_000_000, 4), 2_000_000);
    assert.equal(billedPerHour(500_000, 4), 1_080_000);
    assert.equal(billedPerHour(5, 1), 5);
  });
});

describe('the file of costs', () => {
  it('is read', () => {
    assert.ok(readCosts().points.length >= 2);
  });

  it('is refused in one line that names what is wrong', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'costs-')), 'costs.json');
    const { operations } = readCosts();
    writeFileSync(file, JSON.stringify({ ...readCosts(), operations: { ...operations, poll: 1 } }));
    assert.throws(
      () => readCosts(pathToFileURL(file)),
      /^Error: \S+costs\.json: .*operations\.poll/,
    );
    writeFileSync(file, JSON.stringify({ ...readCosts(), points: [] }));
    assert.throws(() => readCosts(pathToFileURL(file)), /points/);
  });
});
