import assert from 'node:assert/strict';
import { type Stack, startStack } from '../support/stack.ts';
import { newTv, signIn } from '../workflows/support.ts';

const SKY = 'SkyDish';
const CODE = 'authorization_denied_by_degradation_rule';
const WORDS = 'Back at eight: SkyDish is being repaired.';

describe('F13 Degraded: AuthZNone [ATN-17]', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.undegrade());

  it('denies everything in the words of the programmer, asks once, and signs nobody out', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv, { mvpd: SKY });
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthZNone', message: WORDS });
    const asked = operations().length;
    const play = await tv.authorize('REF30');
    assert.ok(play.status === 'denied');
    const { message, trace, ...denial } = play;
    assert.ok(message && trace);
    assert.deepEqual(denial, {
      status: 'denied',
      resource: 'REF30',
      mvpd: SKY,
      source: 'degradation',
      code: CODE,
      action: 'none',
      details: WORDS,
    });
    const [filtered] = await tv.preauthorize(['REF30']);
    assert.deepEqual([filtered?.authorized, filtered?.source], [false, 'degradation']);
    assert.deepEqual([filtered?.error?.code, filtered?.error?.details], [CODE, WORDS]);
    assert.deepEqual(operations().slice(asked), ['authorize', 'preauthorize']);
    const { standing, lastError } = await tv.view();
    assert.equal(standing.status, 'signed-in');
    assert.deepEqual([lastError?.code, lastError?.details], [CODE, WORDS]);
  });

  it('has words where the programmer gave none', async () => {
    const { tv } = newTv(stack);
    await signIn(tv, { mvpd: SKY });
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthZNone' });
    const play = await tv.authorize('REF30');
    assert.ok(play.status === 'denied' && play.message !== '' && play.details === undefined);
  });

  it('takes back what was permitted before, and gives it again afterwards', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv, { mvpd: SKY });
    await tv.preauthorize(['REF30', 'news']);
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthZNone' });
    assert.equal((await tv.authorize('news')).status, 'denied');
    const [regular] = await tv.preauthorize(['REF30']);
    assert.equal(regular?.authorized, false);
    stack.sandbox.undegrade();
    const [again] = await tv.preauthorize(['REF30']);
    assert.equal(again?.authorized, true);
    assert.equal((await tv.authorize('news')).status, 'permitted');
    assert.equal(sent('logout').length, 0);
  });

  it('is for one channel where it says so', async () => {
    const { tv } = newTv(stack);
    await signIn(tv, { mvpd: SKY });
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthZNone', serviceProvider: 'CITYTV' });
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
  });
});
