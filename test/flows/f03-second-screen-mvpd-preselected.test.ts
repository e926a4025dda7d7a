import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import type { RecordedRequest } from '../../src/sandbox/index.ts';
import { eventually, freshIp, type Stack, startStack } from '../support/stack.ts';
import { asPending, errorOf, newTv, showCode, untilStatus } from '../workflows/support.ts';

const INTERVAL_MS = 600;
/** On the way to the sandbox one poll may lose more time than the next. */
const NETWORK_MS = 20;

/** Times between the requests, in ms. The clock of the sandbox is ours; 20 ms are its reading. */
function distances(requests: RecordedRequest[]): number[] {
  return requests.slice(1).map(({ at }, index) => at - (requests[index]?.at ?? 0) + 20);
}

describe('F3 Basic authentication, second screen, MVPD preselected', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ config: { pollIntervalMs: INTERVAL_MS } });
  });
  after(() => stack.stop());

  const screen = (code: string) =>
    stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });

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

  it('goes straight to the page where the TV has chosen [ATN-13]', async () => {
    const { tv } = newTv(stack);
    const shown = asPending(await tv.authenticate({ mvpd: { id: 'SkyDish' } }));
    const checked = await screen(shown.code).check();
    assert.ok(checked.status === 'known');
    assert.deepEqual([checked.mvpd, checked.url], ['SkyDish', shown.url]);
  });

  it('is told plainly that a code is wrong, and opens nothing with it [ATN-15]', async () => {
    const phone = screen('ABCDEFG');
    const checked = await phone.check();
    assert.ok(checked.status === 'unknown');
    assert.match(checked.message, /ABCDEFG is wrong or has expired/);
    assert.equal((await screen('!').check()).status, 'unknown');
    await errorOf(phone.choose({ id: 'NorthCable' }));
  });

  it('is told the same of a code that has ended, and can not choose with it [ATN-15]', async () => {
    const { tv, sent } = newTv(stack);
    const { code } = asPending(await tv.authenticate());
    await tv.abandon();
    const error = await errorOf(screen(code).choose({ id: 'NorthCable' }));
    assert.equal(error.code, 'unknown_code');
    stack.sandbox.endSession(code);
    assert.equal((await screen(code).check()).status, 'unknown');
    assert.equal(sent('resumeSession').length, 0);
  });

  it('can be shown on the phone: by the profile of the code, or that there is none yet [TST-05]', async () => {
    const { tv } = newTv(stack);
    const { code, url } = await showCode(tv);
    const phone = screen(code);
    assert.equal((await phone.standing())?.status, 'pending');
    await signInAsViewer(url);
    await eventually(async () => (await phone.standing())?.status === 'signed-in', 'on the phone');
  });
});

describe('F3 with a code that runs out while nobody is there', () => {
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
