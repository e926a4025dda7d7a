import assert from 'node:assert/strict';
import { Lane, type Rate, type Turn } from '../../src/adobe-pass/lane.ts';

const soon = () => performance.now() + 10_000;
const asker = (until = soon()) => ({ scheduled: false, until });
const poll = { scheduled: true, until: Infinity };
const FAST: Rate = { ratePerSecond: 50, burst: 3 };

/** The calls in the order of their turns; each is answered at once. */
async function order(lane: Lane, calls: Record<string, Parameters<Lane['admit']>[0]>) {
  const done: string[] = [];
  await Promise.all(
    Object.entries(calls).map(async ([name, waiting]) => {
      const turn = await lane.admit(waiting);
      assert.equal(turn.waitMs, 0, name);
      done.push(name);
      turn.answered();
    }),
  );
  return done;
}

async function spend(lane: Lane, calls: number): Promise<Turn[]> {
  return Promise.all(Array.from({ length: calls }, async () => lane.admit(asker())));
}

const isRefused = async (lane: Lane) => (await lane.admit(asker(performance.now() + 1))).waitMs > 0;

describe('turns of one address', () => {
  it('are given as one burst, once: a rest brings no other [THR-02]', async () => {
    const lane = new Lane(FAST);
    for (const { answered } of await spend(lane, 3)) answered();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await spend(lane, 1);
    assert.ok(await isRefused(lane));
  });

  it('are given as another burst after a rest where the server is said to do so', async () => {
    const lane = new Lane({ ...FAST, burstRefills: true });
    for (const { answered } of await spend(lane, 3)) answered();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await spend(lane, 3);
    assert.ok(await isRefused(lane));
  });

  it('leave the burst to those who ask', async () => {
    const lane = new Lane({ ratePerSecond: 2, burst: 10 });
    const calls = { first: poll, second: poll, a: asker(), b: asker() };
    assert.deepEqual(await order(lane, calls), ['first', 'a', 'b', 'second']);
  });

  it('come to polls in the order they came, after those who ask', async () => {
    const lane = new Lane({ ...FAST, burst: 1 });
    await spend(lane, 1);
    const calls = { p1: poll, p2: poll, a1: asker(), p3: poll, a2: asker() };
    assert.deepEqual(await order(lane, calls), ['a1', 'a2', 'p1', 'p2', 'p3']);
  });

  it('come to a poll after four who ask, however many there are', async () => {
    const lane = new Lane({ ...FAST, burst: 1 });
    const [turn] = await spend(lane, 1);
    const asking = Array.from({ length: 8 }, (_, n): [string, typeof poll] => [`a${n}`, asker()]);
    const done = order(lane, { p1: poll, p2: poll, ...Object.fromEntries(asking) });
    turn?.answered();
    const came = await done;
    assert.deepEqual([came.indexOf('p1'), came.indexOf('p2')], [3, 8]);
  });

  it('come first to those who have the least time left', async () => {
    const lane = new Lane({ ...FAST, burst: 1 });
    await spend(lane, 1);
    const later = performance.now() + 20_000;
    const calls = { new: asker(later), begun: asker(), newer: asker(later + 1) };
    assert.deepEqual(await order(lane, calls), ['begun', 'new', 'newer']);
  });

  it('are refused where they can not come in time, and say when', async () => {
    const lane = new Lane({ ratePerSecond: 1, burst: 1 });
    const [turn] = await spend(lane, 1);
    turn?.answered();
    const { waitMs, paused } = await lane.admit(asker(performance.now() + 100));
    assert.ok(waitMs > 800 && waitMs <= 1_000, `${waitMs}`);
    assert.equal(paused, false);
  });

  it('pass to the next when somebody gives up', async () => {
    const lane = new Lane({ ...FAST, burst: 1 });
    await spend(lane, 1);
    const controller = new AbortController();
    const gone = lane.admit({ ...asker(), signal: controller.signal });
    const next = lane.admit(asker());
    controller.abort(new Error('gone'));
    await assert.rejects(gone, { message: 'gone' });
    assert.equal((await next).waitMs, 0);
  });

  it('never come two in one second of the server, however late the first arrived', async () => {
    const lane = new Lane({ ratePerSecond: 1, burst: 1 });
    const [turn] = await spend(lane, 1);
    const arrivedAt = await new Promise<number>((resolve) =>
      setTimeout(() => resolve(performance.now()), 50),
    );
    turn?.answered();
    await lane.admit(asker());
    assert.ok(performance.now() - arrivedAt >= 999);
  });
});
