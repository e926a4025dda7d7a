import assert from 'node:assert/strict';
import type { CodeTv, DeviceClient, Standing } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, freshIp, type Stack, startStack } from '../support/stack.ts';

describe('a second screen has its word', () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());

  async function waiting(
    options: Parameters<DeviceClient['authenticate']>[0] = {},
    ip = freshIp(),
  ): Promise<{ device: DeviceClient; code: string; tv: CodeTv }> {
    const device = stack.tv({ ip });
    const standing = await device.authenticate(options);
    assert.ok(standing.status === 'pending');
    const screen = stack.pass.secondScreen(standing.code, { app: stack.activation, ip: freshIp() });
    const shown = await screen.look();
    assert.ok(shown);
    return { device, code: standing.code, tv: shown.tv };
  }

  /** Of the provider that a phone has chosen for a code. */
  async function chosenPage(code: string): Promise<string> {
    const screen = stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });
    const chosen = await screen.choose({ id: 'NorthCable' });
    assert.ok(chosen.status === 'pending' && chosen.url);
    return chosen.url;
  }

  it('declines: the code ends at once, who watches hears it, operators see it', async () => {
    const { device, tv } = await waiting({ statement: 'statement-4711' });
    const heard: Standing[] = [];
    const watch = new AbortController();
    const watching = (async () => {
      for await (const standing of device.watch({ signal: watch.signal })) heard.push(standing);
    })();
    await eventually(() => heard.length > 0, 'the watch began');
    await tv.decline();
    const last = await eventually(
      () => heard.find(({ status }) => status === 'signed-out'),
      'told',
    );
    watch.abort();
    await watching;
    assert.ok(last.status === 'signed-out');
    assert.equal(last.reason, 'declined');
    const { lastError, statement } = await device.view();
    assert.equal(lastError?.code, 'login_declined');
    assert.match(lastError.message, /statement-4711/);
    assert.equal(statement, 'statement-4711');
    await assert.rejects(() => tv.decline(), { code: 'unknown_code' });
    // The TV may ask again, and a sign-in mends what operators look for.
    const again = await device.authenticate();
    assert.ok(again.status === 'pending');
    const screen = stack.pass.secondScreen(again.code, { app: stack.activation, ip: freshIp() });
    const chosen = await screen.choose({ id: 'NorthCable' });
    assert.ok(chosen.status === 'pending' && chosen.url);
    await signInAsViewer(chosen.url);
    await eventually(async () => (await device.view()).standing.status === 'signed-in', 'in');
    assert.equal((await device.view()).lastError, undefined);
  });

  describe('though whoever has the page of a refused code finishes the login,', () => {
    const refusals: [how: string, refuse: (tv: CodeTv) => Promise<unknown>][] = [
      ['declined', (tv) => tv.decline()],
      [
        'shared',
        async (tv) => {
          for (const each of ['a', 'b', 'c']) await tv.visit({ browser: each, network: each });
        },
      ],
    ];
    for (const [how, refuse] of refusals) {
      it(`it signs nobody in: ${how}`, async () => {
        const { device, code, tv } = await waiting();
        const url = await chosenPage(code);
        await refuse(tv);
        await signInAsViewer(url);
        assert.equal((await device.authenticate()).status, 'pending');
        await device.abandon();
        assert.equal((await device.authenticate()).status, 'pending', 'it is ended at Adobe too');
      });
    }

    it('no other is ended for it: who was signed in before is so again', async () => {
      const { device, code } = await waiting();
      await signInAsViewer(await chosenPage(code));
      await eventually(async () => (await device.view()).standing.status === 'signed-in', 'in');
      const anew = await device.authenticate({ restart: true });
      assert.ok(anew.status === 'pending');
      const screen = stack.pass.secondScreen(anew.code, { app: stack.activation, ip: freshIp() });
      const shown = await screen.look();
      await shown?.tv.decline();
      assert.equal((await device.authenticate()).status, 'signed-in');
    });

    it('it signs nobody in while Adobe can not end it', async () => {
      const ip = freshIp();
      const { device, code, tv } = await waiting({}, ip);
      const url = await chosenPage(code);
      await tv.decline();
      await signInAsViewer(url);
      stack.sandbox.faults.set({ operation: 'logout', kind: 'status', status: 500, ip, times: 9 });
      assert.equal((await device.authenticate()).status, 'pending');
      stack.sandbox.faults.clear();
      await device.abandon();
      assert.equal((await device.authenticate()).status, 'pending');
    });
  });

  it('is counted by browser: another elsewhere warns, a third ends the code', async () => {
    const { device, tv } = await waiting();
    const at = (browser: string, network: string) => tv.visit({ browser, network });
    assert.deepEqual(await at('one', 'a'), { isHeld: false, isShared: false, isOver: false });
    assert.deepEqual(await at('one', 'b'), { isHeld: false, isShared: false, isOver: false });
    assert.equal((await at('two', 'a')).isShared, false, 'the same household');
    const home = await tv.visit({ browser: 'tablet', network: 'tv', home: true });
    assert.equal(home.isShared, false, "the TV's own network");
    assert.deepEqual(await at('three', 'c'), { isHeld: false, isShared: true, isOver: false });
    assert.equal((await at('four', 'd')).isOver, true);
    const { standing, lastError } = await device.view();
    assert.ok(standing.status === 'signed-out');
    assert.equal(standing.reason, 'code-shared');
    assert.equal(lastError?.code, 'code_shared');
  });

  it('waits for the word of the TV, which is asked at once', async () => {
    for (const confirmed of [true, false]) {
      const { device, tv } = await waiting();
      const heard: Standing[] = [];
      const watch = new AbortController();
      const watching = (async () => {
        // Who was answered with the code hears of what is asked about it, too.
        const begin = confirmed ? { authenticate: {} } : {};
        const standings = device.watch({ ...begin, signal: watch.signal });
        for await (const standing of standings) heard.push(standing);
      })();
      await eventually(() => heard.length > 0, 'the watch began');
      const place = { country: 'ES', region: 'MD', city: 'Madrid' };
      const visitor = { browser: 'far', network: 'far', hold: true, place };
      assert.equal((await tv.visit(visitor)).isHeld, true);
      const question = await eventually(
        () =>
          heard
            .map((standing) => standing.status === 'pending' && standing.confirmation)
            .find((asked) => asked),
        'the TV is asked',
      );
      assert.deepEqual(question && question.place, place);
      const id = question ? question.id : '';
      assert.doesNotMatch(JSON.stringify(await device.view()), /Madrid/);
      await assert.rejects(() => device.confirm({ id: 'other', confirmed }), {
        code: 'unknown_confirmation',
      });
      const standing = await device.confirm({ id, confirmed });
      assert.equal(standing.status, confirmed ? 'pending' : 'signed-out');
      if (confirmed) assert.equal((await tv.visit(visitor)).isHeld, false);
      watch.abort();
      await watching;
    }
  });

  it('has a code replaced that is too old', async () => {
    const { device, code, tv } = await waiting();
    await tv.replaceCode();
    const { standing } = await device.view();
    assert.ok(standing.status === 'pending');
    assert.notEqual(standing.code, code);
  });

  it('disowns a sign-in: it ends, and its profile signs nobody in again', async () => {
    const { device, tv, code } = await waiting();
    const screen = stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });
    const known = await screen.check();
    assert.ok(known.status === 'known' && known.returnUrl);
    const chosen = await screen.choose({ id: 'NorthCable' });
    assert.ok(chosen.status === 'pending' && chosen.url);
    await signInAsViewer(chosen.url);
    await eventually(async () => (await tv.look()).standing.status === 'signed-in', 'signed in');
    const { standing: before } = await device.view();
    const { generation } = before;
    const login = await stack.pass.returnedLogin(known.returnUrl);
    await assert.rejects(() => login.disown(generation - 1), { code: 'not_signed_in' });
    await login.disown(generation);
    const { standing, lastError } = await device.view();
    assert.ok(standing.status === 'signed-out');
    assert.equal(standing.reason, 'declined');
    assert.notEqual(standing.grant, before.grant, 'its tokens have ended');
    assert.equal(lastError?.code, 'sign_in_disowned');
    assert.equal((await device.authenticate()).status, 'pending');
  });

  it('disowns it though the TV has ended its tokens, or let go of the sign-in and found it again', async () => {
    const evasions: ((device: DeviceClient, grant: number) => Promise<unknown>)[] = [
      (device, grant) => device.revokeGrant(grant),
      (device) => device.authenticate({ restart: true }),
      async (device) => {
        await device.authenticate({ restart: true });
        await device.abandon();
        await device.authenticate();
      },
      async (device) => {
        await device.authenticate({ mvpd: { id: 'TempPass_Preview' } });
        await device.authenticate({ mvpd: { id: 'NorthCable' } });
      },
    ];
    for (const evade of evasions) {
      const { device, code, tv } = await waiting();
      const screen = stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });
      const known = await screen.check();
      const chosen = await screen.choose({ id: 'NorthCable' });
      assert.ok(known.status === 'known' && known.returnUrl);
      assert.ok(chosen.status === 'pending' && chosen.url);
      await signInAsViewer(chosen.url);
      await eventually(async () => (await tv.look()).standing.status === 'signed-in', 'signed in');
      const { generation, grant = 0 } = (await device.view()).standing;
      await evade(device, grant);
      const now = await eventually(async () => {
        const { standing } = await device.view();
        return standing.generation > generation && standing;
      }, 'the TV stands elsewhere');
      const login = await stack.pass.returnedLogin(known.returnUrl);
      const later = login.disown(now.generation + 1);
      await assert.rejects(later, { code: 'not_signed_in' });
      await login.disown(generation);
      await assert.rejects(() => login.disown(generation), { code: 'not_signed_in' });
      await device.abandon();
      assert.equal((await device.authenticate()).status, 'pending');
    }
  });
});
