import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { freshIp, type Stack, startStack } from '../support/stack.ts';
import { signIn as signInByPhone, startFarm } from '../gateway/support.ts';
import { answersOf, asPending, errorOf, newTv, untilStatus } from '../workflows/support.ts';
import { OAuthTv } from './oauth-tv.ts';

describe('F4 Basic authentication, second screen, MVPD not preselected', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    const mvpds = { show: [], hide: ['SandboxTest'] };
    stack = await startStack({ config: { mvpds } });
  });
  after(() => stack.stop());

  const { answer } = answersOf(() => stack);

  const screen = (code: string, ip = freshIp()) =>
    stack.pass.secondScreen(code, { app: stack.activation, ip });

  it('chooses the provider for the code on the TV, which then signs in [ATN-14] [S2S-24] [CFG-01]', async () => {
    const { tv, sent } = newTv(stack);
    const shown = asPending(await tv.authenticate());
    assert.equal(shown.url, undefined);
    assert.deepEqual(shown.missingParameters, ['mvpd']);

    const phone = screen(` ${shown.code.slice(0, 3)}-${shown.code.slice(3).toLowerCase()} `);
    const checked = await phone.check();
    assert.ok(checked.status === 'known');
    assert.equal(checked.device?.model, 'Test TV');
    assert.equal(checked.url, undefined);
    assert.deepEqual(checked.expiresAt, shown.expiresAt);

    const north = (await phone.providers()).find(({ id }) => id === 'NorthCable');
    assert.ok(north);
    const chosen = asPending(await phone.choose(north));
    assert.equal(chosen.code, shown.code);
    assert.equal(chosen.generation, shown.generation);
    assert.equal(sent('resumeSession').length, 1);
    assert.ok(chosen.url);
    await signInAsViewer(chosen.url);
    await tv.browserReturned();

    const { standing } = await untilStatus(tv, 'signed-in');
    assert.ok(standing.status === 'signed-in');
    const { displayName, logoUrl } = standing.profile.mvpd;
    assert.deepEqual([displayName, logoUrl], ['North Cable', north.logoUrl]);
  });

  it('reads the list of providers once, and shows no trial and nothing hidden [S2S-22] [CFG-08] [CFG-09]', async () => {
    const ip = freshIp();
    const before = stack.sandbox.requests.filter(({ operation }) => operation === 'configuration');
    const lists = [
      await screen('AAAAAAA', ip).providers(),
      await screen('BBBBBBB', ip).providers(),
    ];
    assert.deepEqual(
      lists[0]?.map(({ id }) => id),
      ['NorthCable', 'SkyDish', 'RiverFiber', 'HarborTel'],
    );
    assert.deepEqual(lists[0], lists[1]);
    const after = stack.sandbox.requests.filter(({ operation }) => operation === 'configuration');
    assert.ok(after.length - before.length <= 1 && after.length === 1);
  });

  it('gets a new access token when Adobe refuses the old one, and registers once [REG-07]', async () => {
    const { tv } = newTv(stack);
    const { code } = asPending(await tv.authenticate());
    const ip = freshIp();
    await screen(code, ip).check();
    stack.sandbox.expireAccessTokens();
    assert.equal((await screen(code, ip).check()).status, 'known');
    const site = stack.sandbox.requests.filter((request) => request.ip === ip);
    assert.equal(site.filter(({ operation }) => operation === 'token').length, 1);
    assert.ok(site.some(({ status }) => status === 401));
  });

  it('has the page of any provider that is chosen, for the same code', async () => {
    const { tv, sent } = newTv(stack);
    const { code } = asPending(await tv.authenticate());
    const first = asPending(await tv.resume({ code, mvpd: { id: 'SkyDish' } }));
    const second = asPending(await tv.resume({ code, mvpd: { id: 'NorthCable' } }));
    assert.deepEqual([first.code, second.code], [code, code]);
    assert.ok(first.url && second.url);
    assert.equal(sent('resumeSession').length, 2);
  });

  it('is signed in by the choice where a profile exists: nothing is opened', async () => {
    const { tv } = newTv(stack);
    const { code } = asPending(await tv.authenticate());
    const standing = await tv.resume({ code, mvpd: { id: 'TempPass_Preview' } });
    assert.equal(standing.status, 'signed-in');
  });

  it('is to choose another where Adobe wants still more, or has no integration', async () => {
    const device = newTv(stack);
    const { tv } = device;
    const { code } = asPending(await tv.authenticate());
    const retry = { actionName: 'retry', actionType: 'direct', missingParameters: ['mvpd'], code };
    answer(device, 'resumeSession', { kind: 'body', body: JSON.stringify(retry), times: 1 });
    const more = await errorOf(tv.resume({ code, mvpd: { id: 'SkyDish' } }));
    assert.equal(more.code, 'provider_unavailable');
    answer(device, 'resumeSession', { kind: 'error', code: 'invalid_integration', times: 1 });
    const none = await errorOf(tv.resume({ code, mvpd: { id: 'SkyDish' } }));
    assert.equal(none.code, 'invalid_integration');
    assert.ok(asPending(await tv.resume({ code, mvpd: { id: 'NorthCable' } })).url);
  });

  it('needs a new code where the old one has ended at Adobe meanwhile, like any other [ATN-15]', async () => {
    const device = newTv(stack);
    const { code } = asPending(await device.tv.authenticate());
    for (const ended of ['invalid_authentication_session', 'invalid_parameter_code']) {
      answer(device, 'resumeSession', { kind: 'error', code: ended, times: 1 });
      const error = await errorOf(device.tv.resume({ code, mvpd: { id: 'SkyDish' } }));
      assert.equal(error.code, 'unknown_code');
    }
  });

  it('is registered anew where Adobe says that the old registration is of no use', async () => {
    const { tv } = newTv(stack);
    const { code } = asPending(await tv.authenticate());
    const ip = freshIp();
    stack.sandbox.faults.set({ operation: 'retrieveSession', kind: 'revoked-client', ip });
    assert.equal((await screen(code, ip).check()).status, 'known');
    const site = stack.sandbox.requests.filter((request) => request.ip === ip);
    assert.deepEqual(
      site.map(({ operation }) => operation),
      ['retrieveSession', 'register', 'token', 'retrieveSession'],
    );
  });

  it('of the gateway is the phone’s: it checks the code, sees providers and chooses one', async () => {
    const farm = await startFarm();
    try {
      const tv = await OAuthTv.registered(farm);
      const shown = await tv.showCode();
      const path = `${farm.url}/v1/activation/${shown.user_code}`;
      const read = async (url: string) =>
        (await (await fetch(url)).json()) as Record<string, unknown>;
      assert.deepEqual((await read(path))['missingParameters'], ['mvpd']);
      const { mvpds } = await read(`${path}/providers`);
      assert.ok((mvpds as unknown[]).length > 1);
      await signInByPhone(farm, shown.user_code);
      const token = await tv.signedIn(shown);
      assert.equal((await tv.ask(token, '/v1/session'))['status'], 'signed-in');
      const { status } = await fetch(`${farm.url}/v1/activation/ZZZZZZZ`);
      assert.equal(status, 404);
    } finally {
      await farm.stop();
    }
  });
});
