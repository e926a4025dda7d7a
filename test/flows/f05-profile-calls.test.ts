import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { MVPD } from '../../src/workflows/search-attributes.ts';
import { type Stack, startStack } from '../support/stack.ts';
import {
  asPending,
  errorOf,
  newTv,
  showCode,
  signIn,
  type Tv,
  untilStatus,
} from '../workflows/support.ts';

const SKY = { id: 'SkyDish' };
const NORTH = { id: 'NorthCable' };
const RIVER = { id: 'RiverFiber' };

describe('F5 Profile calls: which one when', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    const config = { metadataAfterAuthorize: [RIVER.id] };
    stack = await startStack({ sandbox: { throttle: false }, config });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.undegrade());

  /** The calls of a request that ask for profiles, and with which provider or code. */
  const asking = async ({ sent }: Tv, request: () => Promise<unknown>) => {
    const before = sent('profiles', 'profileByMvpd', 'profileByCode').length;
    await request();
    return sent('profiles', 'profileByMvpd', 'profileByCode')
      .slice(before)
      .map(({ path }) => path.replace('/api/v2/REF30/profiles', 'profiles'));
  };

  it('is that for all providers where none is remembered', async () => {
    const device = newTv(stack);
    assert.deepEqual(await asking(device, () => device.tv.authenticate()), ['profiles']);
  });

  it('is that for the provider that is remembered, or chosen now', async () => {
    const device = newTv(stack);
    const { tv } = device;
    await signIn(tv);
    await tv.logout();
    assert.deepEqual(await asking(device, () => tv.authenticate()), ['profiles/NorthCable']);
    const chosen = () => tv.authenticate({ mvpd: SKY });
    assert.deepEqual(await asking(device, chosen), ['profiles/SkyDish']);
  });

  it('is that for a trial, and for the provider whose rule lets the viewer in', async () => {
    const device = newTv(stack);
    const { tv } = device;
    const trial = () => tv.authenticate({ mvpd: { id: 'TempPass_Preview' } });
    assert.deepEqual(await asking(device, trial), ['profiles/TempPass_Preview']);
    stack.sandbox.degrade({ mvpd: SKY.id, kind: 'AuthNAll' });
    for (const mvpd of [SKY, undefined]) {
      const degraded = () => tv.authenticate(mvpd ? { mvpd } : {});
      assert.deepEqual(await asking(device, degraded), ['profiles/SkyDish']);
    }
  });

  it('is that for the code while a login is under way', async () => {
    const device = newTv(stack);
    const { tv } = device;
    const { code, url } = await showCode(tv);
    const calls = await asking(device, async () => {
      await signInAsViewer(url);
      await untilStatus(tv, 'signed-in');
    });
    assert.deepEqual(new Set(calls), new Set([`profiles/code/${code}`]));
  });

  it('is that for the provider after a permit, where its metadata may have changed', async () => {
    const device = newTv(stack);
    const { tv } = device;
    await signIn(tv, { mvpd: RIVER.id });
    assert.deepEqual(await asking(device, () => tv.authorize('REF30')), ['profiles/RiverFiber']);
    assert.deepEqual(await asking(device, () => tv.preauthorize(['REF30'])), []);
  });

  it('is none while the viewer is signed in', async () => {
    const device = newTv(stack);
    await signIn(device.tv);
    assert.deepEqual(await asking(device, () => device.tv.authenticate()), []);
  });

  describe('with several profiles [ATN-16]', () => {
    const withBoth = async () => {
      const device = newTv(stack);
      await signIn(device.tv, { mvpd: NORTH.id });
      await signIn(device.tv, { mvpd: SKY.id }); // made later, so it holds longer
      return device;
    };
    const mvpdOf = async ({ tv }: Tv) => {
      const { standing } = await tv.view();
      return standing.status === 'signed-in' && standing.profile.mvpd.id;
    };

    it('shows them all, the longest validity first, with nothing of the viewer', async () => {
      const device = await withBoth();
      let shown: Awaited<ReturnType<typeof device.tv.profiles>> = [];
      const calls = await asking(device, async () => (shown = await device.tv.profiles()));
      assert.deepEqual(calls, ['profiles']);
      assert.deepEqual(
        shown.map(({ mvpd, type }) => [mvpd.id, type]),
        [
          [SKY.id, 'regular'],
          [NORTH.id, 'regular'],
        ],
      );
      assert.deepEqual(Object.keys(shown[0] ?? {}), ['mvpd', 'type', 'expiresAt']);
      assert.ok((shown[0]?.expiresAt ?? 0) > (shown[1]?.expiresAt ?? 0));
      assert.equal(await mvpdOf(device), SKY.id, 'nothing changes by it');
    });

    it('takes the one that the app chose, without a code', async () => {
      const device = await withBoth();
      const { tv, sent } = device;
      const sessions = sent('createSession').length;
      const chosen = await tv.authenticate({ mvpd: NORTH });
      assert.ok(chosen.status === 'signed-in' && chosen.profile.mvpd.id === NORTH.id);
      assert.equal(sent('createSession').length, sessions);
      assert.equal((await tv.profiles()).length, 2, 'the other one is still there');
      const { typedSearchAttributes } = await stack.client.workflow
        .getHandle(tv.workflowId)
        .describe();
      assert.equal(typedSearchAttributes.get(MVPD), NORTH.id);
      assert.equal(sent('logout').length, 0);
    });

    it('shows a code for one that Adobe lacks', async () => {
      const { tv } = await withBoth();
      asPending(await tv.authenticate({ mvpd: RIVER }));
    });

    it('shows none that the viewer signed out of, though Adobe keeps it', async () => {
      const device = await withBoth();
      const { tv, options } = device;
      const fault = { operation: 'logout', kind: 'status', status: 400, ip: options.ip } as const;
      stack.sandbox.faults.set({ ...fault, times: 1 });
      assert.ok((await tv.logout()).problem);
      assert.deepEqual(
        (await tv.profiles()).map(({ mvpd }) => mvpd.id),
        [NORTH.id],
      );
    });

    it('has none for a device that nobody has heard of, and says so where Adobe fails', async () => {
      const device = newTv(stack);
      assert.deepEqual(await device.tv.profiles(), []);
      assert.deepEqual(device.operations(), []);
      await device.tv.authenticate();
      const { ip } = device.options;
      stack.sandbox.faults.set({
        operation: 'profiles',
        kind: 'status',
        status: 503,
        ip,
        times: 9,
      });
      const error = await errorOf(device.tv.profiles());
      assert.ok(error.retryable);
    });
  });
});
