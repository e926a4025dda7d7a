import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { newTv, showCode, untilStatus } from './support.ts';

/** What the design promises between any poll and one that a nudge makes, less the clock's reading. */
const DISTANCE_MS = 980;

describe('a browser that comes back from the login', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    // Scheduled polls come too late to be mistaken for what a nudge does.
    stack = await startStack({ config: { pollIntervalMs: 3_000 } });
  });
  after(() => stack.stop());

  it('makes us ask Adobe at once', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await signInAsViewer(url);
    const before = Date.now();
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');
    const [only, ...more] = sent('profileByCode');
    assert.ok(only && only.at - before < 1_500, 'asked within 1.5 s');
    assert.equal(more.length, 0);
  });

  it('is known by the address of the return page, which carries the handle', async () => {
    const { tv } = newTv(stack);
    const { url } = await showCode(tv);
    const { finalUrl } = await signInAsViewer(url);
    await stack.pass.browserReturned(finalUrl);
    await untilStatus(tv, 'signed-in', 3_000);
  });

  it('counts once when it comes back many times, and never less than 1 s after any poll', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await Promise.all(Array.from({ length: 10 }, () => tv.browserReturned()));
    await eventually(() => sent('profileByCode').length > 0, 'asked because of the nudges');
    await signInAsViewer(url);
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');

    const polls = sent('profileByCode');
    assert.ok(polls.length <= 4, `${polls.length} polls for 11 nudges`);
    for (const [index, { at }] of polls.slice(1).entries()) {
      assert.ok(at - (polls[index]?.at ?? 0) >= DISTANCE_MS);
    }
  });

  it('keeps its distance from the scheduled polls too', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await eventually(() => sent('profileByCode').length === 1, 'the first scheduled poll');
    await signInAsViewer(url);
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');
    const [scheduled, nudged] = sent('profileByCode');
    assert.ok(scheduled && nudged);
    const distance = nudged.at - scheduled.at;
    assert.ok(distance >= DISTANCE_MS && distance < 2_500, `${distance} ms apart`);
  });

  it('is not undone by a request to abandon that came a moment later', async () => {
    const { tv, sent, options } = newTv(stack);
    const { url } = await showCode(tv);
    await signInAsViewer(url);
    const { ip } = options;
    stack.sandbox.faults.set({ operation: 'profileByCode', kind: 'latency', ms: 1_200, ip });
    await tv.browserReturned();
    await eventually(() => sent('profileByCode').length > 0, 'Adobe is being asked');
    assert.equal((await tv.abandon()).status, 'signed-in');
    assert.equal((await tv.view()).standing.status, 'signed-in');
  });

  it('does no harm before the viewer has signed in, nor when nobody waits', async () => {
    const { tv, sent } = newTv(stack);
    await showCode(tv);
    await tv.browserReturned();
    await eventually(() => sent('profileByCode').length === 1, 'asked');
    assert.equal((await tv.view()).standing.status, 'pending');
    await tv.abandon();
    await tv.browserReturned();
    assert.equal((await tv.view()).standing.status, 'signed-out');

    // The nudge of the old code does not count for the next one.
    await showCode(tv, { mvpd: { id: 'NorthCable' }, screen: 'same' });
    await tv.view();
    assert.equal(sent('profileByCode').length, 1);
  });
});
