import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { freshIp, type Stack, startStack } from '../support/stack.ts';
import { asPending, errorOf, newTv, untilStatus } from './support.ts';

describe('a second screen', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    const mvpds = { show: [], hide: ['SandboxTest'] };
    stack = await startStack({ config: { mvpds } });
  });
  after(() => stack.stop());

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

  it('goes straight to the page where the TV has chosen [ATN-13]', async () => {
    const { tv } = newTv(stack);
    const shown = asPending(await tv.authenticate({ mvpd: { id: 'SkyDish' } }));
    const checked = await screen(shown.code).check();
    assert.ok(checked.status === 'known');
    assert.deepEqual([checked.mvpd, checked.url], ['SkyDish', shown.url]);
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
});
