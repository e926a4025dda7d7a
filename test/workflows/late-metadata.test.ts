import assert from 'node:assert/strict';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { newTv, signIn } from './support.ts';

describe('metadata that a provider completes with a permit [ATN-12]', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack({ config: { metadataAfterAuthorize: ['NorthCable'] } });
    for (const mvpd of ['NorthCable', 'SkyDish']) stack.sandbox.completeMetadataOnAuthorize(mvpd);
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());

  type Tv = ReturnType<typeof newTv>['tv'];
  const household = async (tv: Tv) => (await tv.userMetadata()).attributes['householdID'];

  it('is read after a permit, and after no denial', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv);
    const before = await household(tv);
    const { generation } = (await tv.view()).standing;
    const asked = operations();
    assert.equal((await tv.authorize('premium-movies')).status, 'denied');
    assert.deepEqual(operations().slice(asked.length), ['authorize']);
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    assert.deepEqual(operations().slice(asked.length + 1), ['authorize', 'profileByMvpd']);
    assert.notDeepEqual(await household(tv), before);
    const { standing } = await tv.view();
    assert.deepEqual([standing.status, standing.generation], ['signed-in', generation]);

    const known = await household(tv);
    await stack.redeploy();
    assert.deepEqual(await household(tv), known, 'also by another worker');
    await tv.logout();
    assert.equal((await tv.view()).standing.status, 'signed-out');
  });

  it('is not read for other providers', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv, { mvpd: 'SkyDish' });
    const asked = operations().length;
    const before = await household(tv);
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    assert.deepEqual(operations().slice(asked), ['authorize']);
    assert.deepEqual(await household(tv), before);
  });

  it('costs no permit and no sign-in, whatever comes of the reading', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const before = await household(tv);
    const { faults } = stack.sandbox;
    const operation = 'profileByMvpd';
    const gone = JSON.stringify({ profiles: {} });
    const code = 'invalid_configuration_user_metadata_certificate';
    for (const fault of [
      { operation, kind: 'hang' },
      { operation, kind: 'status', status: 500, share: 1 },
      { operation, kind: 'body', body: gone },
      { operation, kind: 'body', body: '{' },
      { operation, kind: 'error', code },
      { operation, kind: 'revoked-client' },
    ] as const) {
      faults.set(fault);
      const asked = Date.now();
      assert.equal((await tv.authorize('REF30')).status, 'permitted', fault.kind);
      assert.ok(Date.now() - asked < 4_000, `${fault.kind} took too long`);
      faults.clear();
      assert.deepEqual(await household(tv), before, fault.kind);
    }
    assert.equal((await tv.view()).standing.status, 'signed-in');
  });

  it('moves the end of the sign-in to where the profile ends now', async () => {
    const { tv, options } = newTv(stack);
    await signIn(tv);
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-in');
    const { mvpd, type, issuer, notBefore } = standing.profile;
    const readAgain = async (profile: object) => {
      const attributes = { householdID: { value: 'a late household', state: 'plain' } };
      const read = { type, issuer, notBefore, attributes, ...profile };
      const body = JSON.stringify({ profiles: { [mvpd.id]: read } });
      const { ip } = options;
      stack.sandbox.faults.set({ operation: 'profileByMvpd', kind: 'body', body, ip });
      assert.equal((await tv.authorize('REF30')).status, 'permitted');
    };
    const known = await household(tv);
    const soon = Date.now() + 2_000;
    for (const other of [{ type: 'degraded' }, { notBefore: (notBefore ?? 0) - 60_000 }]) {
      await readAgain({ ...other, notAfter: soon });
      assert.deepEqual(await household(tv), known, 'of another profile');
    }

    const watched = tv.watch();
    assert.equal((await watched.next()).value?.status, 'signed-in');
    await readAgain({ notAfter: soon });
    assert.deepEqual(await household(tv), { status: 'plain', value: 'a late household' });
    const later = Date.now() + 4_000;
    await readAgain({ notAfter: later });
    await eventually(() => Date.now() > soon + 500, 'the first end is over');
    assert.equal((await tv.view()).standing.status, 'signed-in');
    const { value: ended } = await watched.next();
    assert.ok(Date.now() >= later - 100);
    assert.ok(ended?.status === 'signed-out', JSON.stringify(ended));
    assert.equal(ended.reason, 'profile-expired');
    await watched.return();
  });
});
