import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, ServiceTokens } from '../../src/client.ts';
import { HOUSEHOLD } from '../../src/workflows/search-attributes.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { eventually, type Stack } from '../support/stack.ts';
import {
  asPending,
  errorOf,
  newTv,
  signIn,
  type Tv,
  untilStatus,
  watch,
} from '../workflows/support.ts';
import { startHouseholds } from './support.ts';

const NORTH = { id: 'NorthCable' };
const SKY = { id: 'SkyDish' };
const newSubject = () => `viewer-${randomUUID()}`;

describe('F18 Single logout', () => {
  let stack: Stack;
  let identity: IdentityService;
  before(async function () {
    this.timeout(300_000);
    ({ stack, identity } = await startHouseholds());
    stack.sandbox.switchServiceTokenSso({ mvpd: 'HarborTel' });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());

  /** Known to the search, which lags. */
  const listed = async (subject: string, count: number) =>
    eventually(async () => {
      const tvs = await stack.pass.household(subject).tvs();
      return tvs.length === count && tvs;
    }, `${count} TVs listed`);
  /** TVs of one household, the first signed in with a code. */
  const household = async (count: number, subject = newSubject(), mvpd: { id: string } = NORTH) => {
    const tvs = Array.from({ length: count }, () => newTv(stack, { household: subject }));
    const [first, ...others] = tvs;
    if (first) await signIn(first.tv, { mvpd: mvpd.id });
    for (const { tv } of others) assert.equal((await tv.authenticate()).status, 'signed-in');
    const ids = await listed(subject, count);
    return { subject, tvs, of: stack.pass.household(subject), ids };
  };
  const idOf = async ({ tv }: Tv) => {
    const own = (await (await tv.household()).tvs()).find(({ isThis }) => isThis);
    assert.ok(own);
    return own.id;
  };
  const reasonOf = async ({ tv }: Tv) => {
    const { standing } = await tv.view();
    return standing.status === 'signed-out' ? standing.reason : standing.status;
  };

  it('1 2 4: a logout on one TV ends all, and the others hear at once', async () => {
    const { tvs } = await household(3);
    const [first, second, third] = tvs as [Tv, Tv, Tv];
    const { seen, stop } = watch(third.tv);
    await eventually(() => seen.length === 1, 'watching');
    const { actions } = await second.tv.logout();
    assert.deepEqual(
      actions.map(({ actionType, url }) => [actionType, typeof url]),
      [['interactive', 'string']],
    );
    const told = await eventually(() => seen[1], 'told');
    assert.ok(told.status === 'signed-out' && told.reason === 'household');
    await untilStatus(first.tv, 'signed-out');
    await stop();
    assert.deepEqual([first.sent('logout').length, third.sent('logout').length], [0, 0]);
    asPending(await third.tv.authenticate({ mvpd: NORTH }));
    await third.tv.abandon();
    // The next sign-in is for all again.
    await signIn(first.tv);
    assert.equal((await third.tv.authenticate({ mvpd: NORTH })).status, 'signed-in');
  });

  it('3: an MVPD without a logout endpoint leaves nothing to do', async () => {
    const { tvs } = await household(2, newSubject(), { id: 'HarborTel' });
    const [first, second] = tvs as [Tv, Tv];
    const { actions } = await second.tv.logout();
    assert.deepEqual(
      actions.map(({ actionName }) => actionName),
      ['complete'],
    );
    await untilStatus(first.tv, 'signed-out');
  });

  it('4: where single sign-on is off for the provider, the others stay signed in', async () => {
    const subject = newSubject();
    const [one, other] = [1, 2].map(() => newTv(stack, { household: subject })) as [Tv, Tv];
    await signIn(one.tv, { mvpd: SKY.id });
    await signIn(other.tv, { mvpd: SKY.id });
    await listed(subject, 2);
    await one.tv.logout();
    await eventually(() => other.sent('profileByMvpd').length > 1, 'it looked');
    assert.equal((await other.tv.authorize('REF30')).status, 'permitted');
  });

  it('4: a TV that can not ask Adobe stays signed in, until its next decision', async () => {
    const { tvs } = await household(2);
    const [first, second] = tvs as [Tv, Tv];
    const { ip } = second.options;
    stack.sandbox.faults.set({
      operation: 'profileByMvpd',
      kind: 'status',
      status: 500,
      times: 9,
      ip,
    });
    const before = second.sent('profileByMvpd').length;
    await first.tv.logout();
    await eventually(
      () => second.sent('profileByMvpd').length >= before + 3,
      'it asked three times',
    );
    assert.equal(await reasonOf(second), 'signed-in');
    assert.equal((await second.tv.authorize('REF30')).status, 'denied');
    assert.equal(await reasonOf(second), 'sign-in-required');
  });

  it('4: a sign-in that nobody owns up to on one TV ends there alone', async () => {
    const { tvs } = await household(2);
    const [first, second] = tvs as [Tv, Tv];
    const { generation } = (await second.tv.view()).standing;
    const handle = stack.client.workflow.getHandle(second.tv.workflowId);
    await handle.executeUpdate('disown', { args: [{ generation }] });
    assert.equal(await reasonOf(second), 'declined');
    assert.ok(second.sent('logout').every(({ headers }) => !('ad-service-token' in headers)));
    assert.equal((await first.tv.authorize('REF30')).status, 'permitted');
  });

  describe('my TVs', () => {
    it('are listed with what a viewer knows them by', async () => {
      const { subject, tvs, of } = await household(2);
      const [first, second] = tvs as [Tv, Tv];
      await (await first.tv.household()).rename(await idOf(second), '  Küche ');
      const list = await of.tvs();
      assert.deepEqual(
        list
          .map(({ name = '', model, isThis }) => [name, model, isThis] as const)
          .toSorted(([one], [other]) => one.localeCompare(other)),
        [
          ['', 'Test TV', false],
          ['Küche', 'Test TV', false],
        ],
      );
      for (const { signedIn, lastSeenAt } of list) {
        assert.equal(signedIn?.mvpd.id, 'NorthCable');
        assert.ok(Date.now() - lastSeenAt.getTime() < 60_000);
      }
      const own = await (await second.tv.household()).tvs();
      assert.deepEqual(
        own.filter(({ isThis }) => isThis).map(({ name }) => name),
        ['Küche'],
      );
      await of.rename(await idOf(second), '');
      assert.ok((await of.tvs()).every((tv) => !('name' in tv)));
      // By a hash that tells nobody whose they are.
      const { typedSearchAttributes: found } = await stack.client.workflow
        .getHandle(first.tv.workflowId)
        .describe();
      assert.match(found.get(HOUSEHOLD) ?? '', /^[\w-]{43}$/);
      assert.ok(!JSON.stringify(list).includes(subject));
    });

    it('have names that a screen can show', async () => {
      const { of, ids } = await household(1);
      const id = ids[0]?.id ?? '';
      for (const bad of ['x'.repeat(61), 'two\nlines', 'back\u202eward']) {
        assert.equal((await errorOf(of.rename(id, bad))).code, 'invalid_request', bad);
      }
    });

    it('are signed out one by one: the others stay, and on the one the viewer signs in anew', async () => {
      const { tvs, of } = await household(2);
      const [first, second] = tvs as [Tv, Tv];
      await of.signOut(await idOf(second));
      assert.equal(await reasonOf(second), 'household');
      const [logout] = second.sent('logout');
      assert.ok(logout && !('ad-service-token' in logout.headers));
      assert.equal((await first.tv.authorize('REF30')).status, 'permitted');
      asPending(await second.tv.authenticate()); // nobody is signed in again by itself
      const { url } = asPending(await second.tv.authenticate({ mvpd: NORTH }));
      assert.ok(url, 'a login, though Adobe would not ask for one');
      assert.equal((await first.tv.authorize('REF30')).status, 'permitted');
    });

    it('are all signed out, each at once, whatever Adobe says', async () => {
      const { tvs, of } = await household(3);
      const [first, second, third] = tvs as [Tv, Tv, Tv];
      const { ip } = third.options;
      stack.sandbox.faults.set({ operation: 'logout', kind: 'status', status: 500, times: 9, ip });
      const out = await of.signOutAll({ redirectUrl: 'https://example.com/done' });
      assert.deepEqual(
        out.map(({ status }) => status),
        Array(3).fill('signed-out'),
      );
      assert.equal(out.filter(({ problem }) => problem).length, 1);
      assert.ok(out.some(({ actions }) => actions.some(({ url }) => url)));
      for (const tv of [first, second, third]) assert.equal(await reasonOf(tv), 'household');
      await signIn(first.tv);
      assert.equal((await second.tv.authenticate()).status, 'signed-in');
    });

    it('that show a code, or nothing, are left as they are', async () => {
      const subject = newSubject();
      const [waiting] = [newTv(stack, { household: subject })];
      const { code } = asPending(await waiting.tv.authenticate({ mvpd: NORTH }));
      await listed(subject, 1);
      const [out] = await stack.pass.household(subject).signOutAll();
      assert.deepEqual([out?.status, out?.actions], ['signed-out', []]);
      assert.equal(asPending(await waiting.tv.authenticate({ mvpd: NORTH })).code, code);
      assert.deepEqual(waiting.sent('logout'), []);
    });

    it('are none any more where somebody else signs in', async () => {
      const id = randomUUID();
      const { subject, of, ids } = await household(1);
      const guest = newTv(stack, { household: subject, id });
      await guest.tv.authenticate();
      await listed(subject, 2);
      await guest.tv.logout();
      await stack.tv({ id }).authenticate({ mvpd: SKY });
      await listed(subject, 1);
      assert.deepEqual(
        (await of.tvs()).map((tv) => tv.id),
        ids.map((tv) => tv.id),
      );
    });
  });

  describe('strangers', () => {
    it('see nothing of a household and can touch none of its TVs', async () => {
      const { ids } = await household(1);
      const stranger = newTv(stack, { household: newSubject() });
      await stranger.tv.authenticate();
      const theirs = await stranger.tv.household();
      assert.deepEqual(
        (await theirs.tvs()).map(({ isThis }) => isThis),
        [true],
      );
      const id = ids[0]?.id ?? '';
      assert.equal((await errorOf(theirs.signOut(id))).code, 'unknown_tv');
      assert.equal((await errorOf(theirs.rename(id, 'Mine'))).code, 'unknown_tv');
    });

    it('with a token of their own making are in no household', async () => {
      const { subject, of } = await household(1);
      const forger = await IdentityService.open();
      const forged: [string, Promise<string>][] = [
        ['another key', forger.token(subject)],
        ['another issuer', identity.token(subject, { iss: 'other.example.com' })],
        ['for somebody else', identity.token(subject, { aud: 'adobe', exp: 1 })],
      ];
      for (const [how, token] of forged) {
        const { tv } = newTv(stack, { viewerTokens: { serviceToken: await token } });
        await tv.authenticate();
        assert.equal((await errorOf(tv.household())).code, 'no_household', how);
        assert.equal((await tv.view()).household, undefined, how);
      }
      assert.equal((await of.tvs()).length, 1);
    });

    it('who copy the mark of a household from Temporal are not listed', async () => {
      const { tvs, of, subject } = await household(1);
      const { household: copied } = (await tvs[0]?.tv.view()) ?? {};
      assert.ok(copied);
      const { tv } = newTv(stack);
      await tv.authenticate();
      const handle = stack.client.workflow.getHandle(tv.workflowId);
      const { events } = await handle.fetchHistory();
      const accepted = events?.find((one) => one.workflowExecutionUpdateAcceptedEventAttributes);
      const payload =
        accepted?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.args
          ?.payloads?.[0]?.data;
      const request = JSON.parse(Buffer.from(payload ?? '').toString()) as object;
      const { id, proof } = copied;
      await handle.executeUpdate('authenticate', {
        args: [{ ...request, household: { id, proof }, restart: true }],
      });
      assert.equal((await tv.view()).household?.id, id, 'it believes so');
      await eventually(
        async () => (await handle.describe()).typedSearchAttributes.get(HOUSEHOLD) === id,
        'found by it',
      );
      assert.deepEqual(
        (await of.tvs()).map(({ model }) => model),
        ['Test TV'],
      );
      await of.signOutAll();
      assert.equal((await stack.pass.household(subject).tvs()).length, 1);
      assert.equal((await tv.view()).standing.status, 'pending');
    });

    it('who send nonsense to a TV change nothing', async () => {
      const { tvs } = await household(1);
      const [first] = tvs as [Tv];
      const { id = '' } = (await first.tv.view()).household ?? {};
      const outsider = newTv(stack);
      await signIn(outsider.tv);
      for (const { tv } of [first, outsider]) {
        const handle = stack.client.workflow.getHandle(tv.workflowId);
        for (const nonsense of [undefined, null, 1, {}, { mvpd: 'NorthCable' }]) {
          await handle.signal('endedElsewhere', nonsense);
        }
        const forged = { household: id, mvpd: 'NorthCable', viewerTokens: 'x' };
        await handle.signal('endedElsewhere', forged);
      }
      for (const { tv } of [first, outsider]) {
        assert.equal((await tv.authorize('REF30')).status, 'permitted');
      }
    });

    it('can not sign out a TV that went to another household', async () => {
      const { tvs } = await household(1);
      const [first] = tvs as [Tv];
      const { id = '' } = (await first.tv.view()).household ?? {};
      await stack.tv({ id: first.options.id, household: newSubject() }).authorize('REF30');
      const handle = stack.client.workflow.getHandle(first.tv.workflowId);
      await assert.rejects(
        handle.executeUpdate('remoteLogout', { args: [{ household: id }] }),
        (error: Error) => /none of that household/.test(String(error.cause)),
      );
      assert.equal(await reasonOf(first), 'signed-in');
    });
  });

  it('finds TVs by the key of before while keys are rotated', async () => {
    const { subject, tvs } = await household(1);
    const { privateKey } = identity;
    const pass = await connect({
      keys: stack.keys.withNewKey().withLastKeyFirst(),
      temporal: stack.client,
      taskQueue: stack.config.taskQueue,
      serviceTokens: new ServiceTokens({ issuer: ISSUER, privateKey }),
    });
    const [found] = await pass.household(subject).tvs();
    assert.ok(found?.signedIn);
    await pass.household(subject).rename(found.id, 'Attic');
    await pass.close();
    assert.equal(tvs.length, 1);
  });

  it('needs its settings, and an id, in one line', async () => {
    const { keys, client: temporal, config } = stack;
    const pass = await connect({ keys, temporal, taskQueue: config.taskQueue });
    assert.throws(() => pass.household('one'), /household needs serviceTokens/);
    assert.throws(() => stack.pass.household(''), /household is no id/);
    const facts = {
      model: 'a',
      version: '1',
      osName: 'Linux',
      osVersion: '1',
      connectionType: 'LAN',
    };
    assert.throws(
      () => pass.device({ app: 'demo', id: '1', facts, ip: '198.51.100.1', household: 'one' }),
      /household needs serviceTokens/,
    );
    await pass.close();
  });
});
