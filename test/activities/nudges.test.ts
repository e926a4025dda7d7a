import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { asking, type Bench, type Registered, startBench, waitingDevice } from './support.ts';

/** Timers may fire a little early against the wall clock. */
const TOLERANCE_MS = 15;

describe('a nudge', () => {
  let bench: Bench;
  let device: Registered;
  before(async () => {
    bench = await startBench({ config: { pollIntervalMs: 15_000 } });
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
  });

  const asked = () =>
    bench.sandbox.requests
      .filter(({ operation }) => operation === 'profileByCode')
      .map(({ at }) => at);

  it('asks at once where nobody asked before, and stops the wait with what it finds [ATN-03]', async () => {
    const { activities, run, room } = bench;
    const { url, code, wanted } = await waitingDevice(bench, device);
    await signInAsViewer(url);
    const from = Date.now();
    const due = from + 15_000;
    await room.enter({ ...wanted, firstPollAt: due });
    const answer = await run(() =>
      activities.checkCode(asking(device), code, { firstPollAt: due }),
    );
    assert.ok(Date.now() - from < 900);
    assert.ok('value' in answer);
    assert.equal(answer.value[0]?.mvpd, 'NorthCable');
    assert.equal(room.size, 0);
  });

  it('leaves the wait alone while there is nothing', async () => {
    const { adobe, run, room } = bench;
    const { code, wanted } = await waitingDevice(bench, device);
    await room.enter({ ...wanted, firstPollAt: Date.now() + 15_000 });
    const { value } = await run(() => adobe.checkProfile(device, code));
    assert.deepEqual(value, []);
    assert.deepEqual(room.leave(device), { stopped: 1 });
  });

  it('keeps a second from any other question for the same code', async () => {
    const { adobe, run, room } = bench;
    const { code } = await waitingDevice(bench, device);
    const from = Date.now();
    room.questions.asked(code);
    await run(() => adobe.checkProfile(device, code));
    await run(() => adobe.checkProfile(device, code));
    const [first = 0, second = 0] = asked();
    assert.ok(first - from >= 1_000 - TOLERANCE_MS, `${first - from} ms`);
    assert.ok(second - first >= 1_000 - TOLERANCE_MS, `${second - first} ms`);
  });

  it('keeps a second from another nudge that came at the same time', async () => {
    const { adobe, run } = bench;
    const { code } = await waitingDevice(bench, device);
    await Promise.all([1, 2].map(() => run(() => adobe.checkProfile(device, code))));
    const [first = 0, second = 0] = asked();
    assert.ok(second - first >= 1_000 - TOLERANCE_MS, `${second - first} ms`);
  });

  it('keeps a second from a poll of another process, as far as it can know', async () => {
    const { adobe, run } = bench;
    const { code } = await waitingDevice(bench, device);
    const from = Date.now();
    // Elsewhere the first poll was one interval and 300 ms ago: the second was 300 ms ago.
    await run(() => adobe.checkProfile(device, code, { firstPollAt: from - 15_300 }));
    const [at = 0] = asked();
    assert.ok(at - from >= 700 - TOLERANCE_MS && at - from < 1_500, `${at - from} ms`);
  });

  it('sends nothing when its distance costs the rest of the time', async () => {
    const { adobe, run, room } = bench;
    const { code } = await waitingDevice(bench, device);
    room.questions.asked(code);
    const from = Date.now();
    const hurried = { ...device, deadline: from + 400 };
    await assert.rejects(
      run(() => adobe.checkProfile(hurried, code)),
      { type: 'deadline_exceeded' },
    );
    assert.deepEqual(asked(), []);
    assert.ok(Date.now() - from < 300, 'and says so at once');
  });
});
