import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { newTv, signIn } from './support.ts';

describe('a device from a cold start to a logout', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
  });
  after(() => stack.stop());

  it('shows a code, learns of the login, plays and signs out [S2S-01] [S2S-11] [S2S-23]', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate({ mvpd: { id: 'NorthCable' } });
    assert.equal(waiting.status, 'pending');
    assert.match(waiting.code, /^[A-Z0-9]{6,8}$/);
    assert.ok(waiting.url);

    await signInAsViewer(waiting.url);
    await tv.browserReturned();
    await eventually(async () => (await tv.view()).standing.status === 'signed-in', 'signed in');

    const play = await tv.authorize('REF30');
    assert.equal(play.status, 'permitted');
    assert.ok(play.mediaToken.value.length > 20);

    const bye = await tv.logout();
    assert.deepEqual(
      bye.actions.map(({ mvpd, actionName }) => [mvpd, actionName]),
      [['NorthCable', 'logout']],
    );
    assert.equal((await tv.view()).standing.status, 'signed-out');
  });

  it('keeps registration and profile over a deployment [REG-02] [S2S-26]', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv);
    const before = await tv.authenticate();
    assert.ok(before.status === 'signed-in');
    const asked = operations();
    await stack.redeploy();
    assert.deepEqual(await tv.authenticate(), before);
    assert.deepEqual(operations(), asked, 'all of it was known, and Adobe not asked again');
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    assert.deepEqual(operations(), [...asked, 'authorize']);
  });

  it('has the metadata of the profile, with no call for it [ATN-11]', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv);
    const standing = await tv.authenticate();
    assert.ok(standing.status === 'signed-in');
    const { userID, zip } = standing.profile.attributes as Record<string, { value: unknown }>;
    assert.ok(userID?.value && zip?.value, JSON.stringify(standing.profile.attributes));
    const polled = operations().filter((operation) => operation !== 'profileByCode');
    assert.deepEqual(polled, ['register', 'token', 'profileByMvpd', 'createSession']);
  });

  it('is signed in at once for temporary access, with no list of providers [CFG-03]', async () => {
    const { tv, operations } = newTv(stack);
    const standing = await tv.authenticate({ mvpd: { id: 'TempPass_Preview' } });
    assert.ok(standing.status === 'signed-in');
    assert.equal(standing.profile.mvpd.id, 'TempPass_Preview');
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    assert.ok(!operations().includes('configuration'));
  });
});
