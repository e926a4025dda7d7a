import assert from 'node:assert/strict';
import { type Stack, startStack } from '../support/stack.ts';
import { asPending, newTv, signIn, untilStatus } from '../workflows/support.ts';

const SKY = 'SkyDish';

describe('F12 Degraded: AuthZAll [ATN-17]', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.undegrade());

  it('leaves the sign-in as it is: a code, and a regular profile', async () => {
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthZAll' });
    const { tv } = newTv(stack);
    asPending(await tv.authenticate({ mvpd: { id: SKY } }));
    await signIn(tv, { mvpd: SKY });
    const { standing } = await untilStatus(tv, 'signed-in');
    assert.ok(standing.status === 'signed-in' && standing.profile.type === 'regular');
  });

  it('permits what the package lacks, until the rule is lifted, and not from memory [PRE-05]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv, { mvpd: SKY });
    await tv.preauthorize(['REF30']);
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthZAll' });
    const filtered = await tv.preauthorize(['premium-1']);
    const permitted = { resource: 'premium-1', authorized: true, source: 'degradation' };
    assert.deepEqual(filtered, [permitted]);
    const play = await tv.authorize('premium-1');
    assert.ok(play.status === 'permitted' && play.source === 'degradation');
    assert.ok(play.mediaToken.value);

    stack.sandbox.undegrade();
    const asked = sent('preauthorize').length;
    const [regular, premium] = await tv.preauthorize(['REF30', 'premium-1']);
    assert.deepEqual([regular?.authorized, premium?.authorized], [true, false]);
    const [last] = sent('preauthorize').slice(asked);
    assert.deepEqual(last?.body, { resources: ['premium-1'] }, 'the MVPD’s own permit is kept');
    const denied = await tv.authorize('premium-1');
    assert.ok(denied.status === 'denied' && denied.source === 'mvpd');
    assert.equal((await tv.view()).standing.status, 'signed-in');
  });
});
