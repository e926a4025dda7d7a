import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type DeviceOptions, ServiceTokens } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import {
  APPLE_TV,
  NORTH as NORTH_AT_APPLE,
  signInByApple,
  SKY as SKY_AT_APPLE,
  vouching,
} from '../flows/apple.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { asPending, errorOf, eventsOf, newTv, showCode, signIn, type Tv } from './support.ts';

const NORTH = 'NorthCable';
/** Has single sign-on by platforms and by Apple here, none by service tokens. */
const SKY = 'SkyDish';
const SUBJECT_TOKEN = 'adobe-subject-token';

describe('several ways to sign in at once', function () {
  this.timeout(60_000);
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    const identity = await IdentityService.open();
    const { privateKey } = identity;
    const serviceTokens = new ServiceTokens({ issuer: ISSUER, privateKey });
    stack = await startStack({ sandbox: { throttle: false }, serviceTokens });
    identity.register(stack.sandbox);
    const demo = stack.apps.get('demo');
    assert.ok(demo);
    stack.apps.set('alone', { ...demo, noSingleSignOn: [NORTH] });
  });
  after(() => stack.stop());
  afterEach(() => {
    stack.sandbox.faults.clear();
    stack.sandbox.undegrade();
  });

  const newSubject = () => `viewer-${randomUUID()}`;
  const ofPlatform = (subject: string) => ({
    viewerTokens: { subjectToken: stack.sandbox.platformToken({ platform: 'amazon', subject }) },
  });
  const ofApple = (provider: string) => ({
    facts: APPLE_TV,
    viewerTokens: { partnerFrameworkStatus: vouching(provider) },
  });
  const profileOf = async ({ tv }: Tv) => {
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-in', `signed in, not ${standing.status}`);
    return { type: standing.profile.type, generation: standing.generation };
  };
  const listed = async (subject: string, count: number) =>
    eventually(async () => {
      const tvs = await stack.pass.household(subject).tvs();
      return tvs.length === count && tvs;
    }, `${count} TVs of the household`);
  const failing = (
    { options: { ip } }: Tv,
    ...operations: ('createSession' | 'profileByMvpd')[]
  ) => {
    for (const operation of operations) {
      stack.sandbox.faults.set({ operation, kind: 'status', status: 500, times: 9, ip });
    }
  };

  describe('at a provider without single sign-on for this app', () => {
    it("lets a viewer play whom Apple's framework signed in, by its status", async () => {
      const device = newTv(stack, { app: 'alone', ...ofApple(NORTH_AT_APPLE) });
      await signInByApple(device.tv);
      assert.equal((await profileOf(device)).type, 'appleSSO');
      assert.equal((await device.tv.authorize('REF30')).status, 'permitted');
    });

    it('sends no token of a platform with decisions, hints among them', async () => {
      const device = newTv(stack, { app: 'alone', ...ofPlatform(newSubject()) });
      await signIn(device.tv);
      await device.tv.preauthorize(['REF30']);
      await device.tv.authorize('REF30');
      const sent = device.sent('preauthorize', 'authorize');
      assert.deepEqual(
        sent.map(({ headers }) => headers[SUBJECT_TOKEN]),
        [undefined, undefined],
      );
    });
  });

  /** A TV with a login of its own, and one of the same household that came in another way. */
  const household = async (other: (subject: string) => Promise<Tv>) => {
    const subject = newSubject();
    const one = newTv(stack, { household: subject });
    await signIn(one.tv, { mvpd: SKY });
    const another = await other(subject);
    await listed(subject, 2);
    return { subject, one, another };
  };
  const byPlatform = async (subject: string) => {
    const viewer = newSubject();
    await signIn(newTv(stack, ofPlatform(viewer)).tv, { mvpd: SKY });
    const device = newTv(stack, { household: subject, ...ofPlatform(viewer) });
    await device.tv.authenticate();
    assert.equal((await profileOf(device)).type, 'platformSSO');
    return device;
  };
  const byApple = async (subject: string) => {
    const device = newTv(stack, { household: subject, ...ofApple(SKY_AT_APPLE) });
    await signInByApple(device.tv);
    return device;
  };

  describe('in a household', () => {
    for (const [how, other] of [
      ['by its platform', byPlatform],
      ['by Apple', byApple],
    ] as const) {
      it(`leaves a TV signed in ${how} alone when another one signs out`, async () => {
        const { one, another } = await household(other);
        const before = await profileOf(another);
        await one.tv.logout();
        await hears(another, 'SIGNALED');
        assert.equal((await another.tv.authorize('REF30')).status, 'permitted');
        assert.deepEqual(await profileOf(another), before);
      });
    }

    const hears = async ({ tv }: Tv, event: string) =>
      eventually(
        async () => (await eventsOf(stack, tv)).includes(`WORKFLOW_EXECUTION_${event}`),
        'it was told',
      );

    it('leaves a TV alone about which Adobe can be asked with no token', async () => {
      const subject = newSubject();
      await signIn(newTv(stack, { household: subject }).tv);
      const options: Partial<DeviceOptions> = { id: randomUUID(), household: subject };
      const device = newTv(stack, options);
      await device.tv.authenticate();
      const before = await profileOf(device);
      assert.equal(before.type, 'serviceTokenSSO');
      const { household: known } = await device.tv.view();
      const { id, ip } = device.options;
      await newTv(stack, { id, ip }).tv.profiles(); // from now on its latest request has no token
      const handle = stack.client.workflow.getHandle(device.tv.workflowId);
      await handle.signal('endedElsewhere', { household: known?.id, mvpd: NORTH });
      await hears(device, 'SIGNALED');
      await newTv(stack, { id, ip }).tv.profiles();
      assert.deepEqual(await profileOf(device), before);
    });

    it('signs a TV out for good that its platform signed in, with all of them or alone', async () => {
      const { subject, another } = await household(byPlatform);
      const all = await stack.pass.household(subject).signOutAll();
      assert.deepEqual(
        all.map(({ status }) => status),
        ['signed-out', 'signed-out'],
      );
      assert.equal((await another.tv.authenticate()).status, 'pending');
      const alone = await household(byPlatform);
      const own = (await (await alone.another.tv.household()).tvs()).find(({ isThis }) => isThis);
      await stack.pass.household(alone.subject).signOut(own?.id ?? '');
      assert.equal((await alone.another.tv.authenticate()).status, 'pending');
    });

    it('signs no other TV out when one is forgotten with a logout', async () => {
      const subject = newSubject();
      const one = newTv(stack, { household: subject });
      await signIn(one.tv);
      const other = newTv(stack, { household: subject });
      assert.equal((await other.tv.authenticate()).status, 'signed-in');
      const { logout } = await other.tv.forget({ logout: true });
      assert.equal(logout?.problem, undefined);
      assert.equal((await one.tv.authorize('REF30')).status, 'permitted');
    });
  });

  it('signs nobody in by a login that was declined, though a platform shows its profile', async () => {
    const device = newTv(stack, ofPlatform(newSubject()));
    const { url, code } = await showCode(device.tv);
    const handle = stack.client.workflow.getHandle(device.tv.workflowId);
    await handle.executeUpdate('decline', { args: [{ code }] });
    await signInAsViewer(url); // the stranger goes on
    const { ip } = device.options;
    for (const operation of ['profiles', 'profileByMvpd', 'logout'] as const) {
      stack.sandbox.faults.set({ operation, kind: 'status', status: 500, times: 30, ip });
    }
    asPending(await device.tv.authenticate());
    stack.sandbox.faults.clear();
    asPending(await device.tv.authenticate());
  });

  it('leaves a rule by what the framework says once the rule is lifted, and not before', async () => {
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthNAll' });
    const options = { id: randomUUID(), facts: APPLE_TV };
    const bare = newTv(stack, options);
    await bare.tv.authenticate({ mvpd: { id: SKY } });
    const before = await profileOf(bare);
    assert.equal(before.type, 'degraded');
    const device = newTv(stack, { ...options, ...ofApple(SKY_AT_APPLE) });
    assert.equal((await bare.tv.partnerSignIn()).status, 'signed-in', 'no status, no code for it');
    assert.equal((await device.tv.partnerSignIn()).status, 'signed-in');
    assert.deepEqual(await profileOf(device), before, 'and its tokens go on');
    stack.sandbox.undegrade();
    await signInByApple(device.tv);
    assert.equal((await profileOf(device)).type, 'appleSSO');
  });

  it('polls for no code any more that a request of another account ended', async () => {
    const device = newTv(stack, { rokuSubscriberId: randomUUID() });
    asPending(await device.tv.authenticate());
    const { id, ip } = device.options;
    await newTv(stack, { id, ip, rokuSubscriberId: randomUUID() }).tv.profiles();
    const { standing } = await device.tv.view();
    assert.ok(standing.status === 'signed-out' && standing.reason === 'account-changed');
    const before = device.sent('profileByCode').length;
    await new Promise((resolve) => setTimeout(resolve, 1.5 * stack.config.pollIntervalMs));
    assert.equal(device.sent('profileByCode').length, before);
  });

  it('tells that Adobe fails who is let in by a rule and wants another provider', async () => {
    stack.sandbox.degrade({ mvpd: SKY, kind: 'AuthNAll' });
    const device = newTv(stack);
    await device.tv.authenticate({ mvpd: { id: SKY } });
    assert.equal((await profileOf(device)).type, 'degraded');
    failing(device, 'createSession', 'profileByMvpd');
    const { retryable } = await errorOf(device.tv.authenticate({ mvpd: { id: NORTH } }));
    assert.ok(retryable);
    const again = await device.tv.authenticate({ mvpd: { id: SKY } });
    assert.equal(again.status, 'signed-in', 'of its own provider nothing is known to have changed');
  });
});
