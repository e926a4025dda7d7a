import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import type { RecordedRequest } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { newTv, showCode, untilStatus } from './support.ts';

const INTERVAL_MS = 600;
/** On the way to the sandbox one poll may lose more time than the next. */
const NETWORK_MS = 20;

/** Times between the requests, in ms. The clock of the sandbox is ours; 20 ms are its reading. */
function distances(requests: RecordedRequest[]): number[] {
  return requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0) + 20);
}

describe('polling for a profile', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ config: { pollIntervalMs: INTERVAL_MS } });
  });
  after(() => stack.stop());

  /** Another device begins to poll now: when it has polled twice, so would have any other. */
  async function twoIntervals(): Promise<void> {
    const { tv, sent } = newTv(stack);
    await showCode(tv);
    await eventually(() => sent('profileByCode').length >= 2, 'two intervals');
    await tv.abandon();
  }

  it('begins after the code is shown, asks once an interval and finds the profile by itself [ATN-02] [ATN-06] [ATN-07] [S2S-25]', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await eventually(() => sent('profileByCode').length >= 3, 'three polls');
    await signInAsViewer(url);
    await untilStatus(tv, 'signed-in');

    const [session] = sent('createSession');
    const polls = sent('profileByCode');
    assert.ok(session && polls[0] && polls[0].at - session.at > INTERVAL_MS / 2);
    assert.ok(Math.min(...distances(polls)) >= INTERVAL_MS - NETWORK_MS, distances(polls).join());
  });

  it('stops when the profile is there, and when the code is abandoned or replaced [ATN-03] [ATN-05]', async () => {
    const [found, abandoned, replaced] = [newTv(stack), newTv(stack), newTv(stack)];
    const { url } = await showCode(found.tv);
    await showCode(abandoned.tv);
    const old = await showCode(replaced.tv);
    await eventually(
      () => [abandoned, replaced].every(({ sent }) => sent('profileByCode').length > 0),
      'first polls',
    );

    await signInAsViewer(url);
    await untilStatus(found.tv, 'signed-in');
    const left = await abandoned.tv.abandon();
    assert.ok(left.status === 'signed-out' && left.reason === 'abandoned');
    const fresh = await showCode(replaced.tv, { mvpd: { id: 'NorthCable' }, restart: true });
    assert.notEqual(fresh.code, old.code);

    const polls = [found, abandoned, replaced].map(({ sent }) => sent('profileByCode').length);
    await twoIntervals();
    await eventually(() => replaced.sent('profileByCode').length > (polls[2] ?? 0), 'a poll more');
    assert.equal(found.sent('profileByCode').length, polls[0]);
    assert.equal(abandoned.sent('profileByCode').length, polls[1]);
    for (const { path } of replaced.sent('profileByCode').slice(polls[2])) {
      assert.ok(path.endsWith(fresh.code), `${path} asks for ${fresh.code}`);
    }
  });

  it('gives the same code again while it is waiting, without asking Adobe', async () => {
    const { tv, operations, sent } = newTv(stack);
    const first = await showCode(tv);
    const before = operations().filter((operation) => operation !== 'profileByCode');
    const again = await showCode(tv, {});
    assert.equal(again.code, first.code);
    assert.equal(sent('createSession').length, 1);
    assert.deepEqual(
      operations().filter((operation) => operation !== 'profileByCode'),
      before,
    );
  });

  it('waits for the return of a browser on the same screen, then polls [ATN-01]', async () => {
    const { tv, sent } = newTv(stack);
    await showCode(tv, { mvpd: { id: 'NorthCable' }, screen: 'same' });
    await twoIntervals();
    assert.equal(sent('profileByCode').length, 0);
    await tv.browserReturned();
    await eventually(() => sent('profileByCode').length >= 3, 'asks at once, then polls');
  });
});

describe('polling on the same screen when nobody says that the browser came back', () => {
  const fallbackMs = 1_500;
  let stack: Stack;
  before(async () => {
    stack = await startStack({ config: { sameScreenFallbackMs: fallbackMs } });
  });
  after(() => stack.stop());

  it('begins after the fall-back delay [ATN-01]', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv, { mvpd: { id: 'NorthCable' }, screen: 'same' });
    await signInAsViewer(url);
    await untilStatus(tv, 'signed-in');
    const [session] = sent('createSession');
    const [first] = sent('profileByCode');
    assert.ok(session && first && first.at - session.at >= fallbackMs - 20);
  });
});

describe('a code that runs out while nobody is there', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ sandbox: { codeLifeMs: 2_500 } });
  });
  after(() => stack.stop());

  it('ends polling, and leads to no further session [ATN-04] [S2S-25]', async () => {
    const { tv, sent } = newTv(stack);
    const { expiresAt } = await showCode(tv);
    const { standing } = await untilStatus(tv, 'signed-out');
    assert.ok(standing.status === 'signed-out' && standing.reason === 'code-expired');
    const polls = sent('profileByCode');
    assert.ok(polls.length > 0 && polls.every(({ at }) => at < expiresAt.getTime()));
    assert.equal(sent('createSession').length, 1);
  });

  it('finds the viewer who finished after the last poll, with nobody to say so', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await eventually(() => sent('profileByCode').length === 2, 'the last poll');
    await signInAsViewer(url);
    await untilStatus(tv, 'signed-in');
    assert.equal(sent('profileByCode').length, 2);
  });
});
