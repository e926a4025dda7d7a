import assert from 'node:assert/strict';
import { connect, DevicePassError } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';

describe('a second screen', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
  });
  after(() => stack.stop());

  const phone = (code: string) =>
    stack.pass.secondScreen(code, { app: stack.activation, ip: freshIp() });
  const showCode = async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate();
    assert.ok(waiting.status === 'pending');
    return { tv, code: waiting.code };
  };

  it('checks the code, names the TV, lets the viewer choose and sign in [S2S-24] [ATN-14]', async () => {
    const { tv, code } = await showCode();
    const screen = phone(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `);
    const checked = await screen.check();
    assert.ok(checked.status === 'known');
    assert.equal(checked.device?.model, 'Test TV');
    assert.deepEqual(checked.missingParameters, ['mvpd']);
    assert.equal(checked.url, undefined);
    assert.ok((checked.expiresAt?.getTime() ?? 0) > Date.now());

    const chosen = await screen.choose({ id: 'NorthCable', displayName: 'North Cable' });
    assert.ok(chosen.status === 'pending' && chosen.url);
    assert.equal(chosen.code, code);
    const { hops } = await signInAsViewer(chosen.url);
    await stack.pass.browserReturned(hops.at(-1) ?? '');
    await eventually(async () => (await tv.view()).standing.status === 'signed-in', 'signed in');
  });

  it('gives the page to sign in where the provider is chosen already [ATN-13]', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate({ mvpd: { id: 'SkyDish' } });
    assert.ok(waiting.status === 'pending');
    const checked = await phone(waiting.code).check();
    assert.ok(checked.status === 'known');
    assert.equal(checked.mvpd, 'SkyDish');
    assert.equal(checked.url, waiting.url);
  });

  it('says so when a code is wrong or over [ATN-15]', async () => {
    const { code } = await showCode();
    stack.sandbox.endSession(code);
    for (const wrong of [code, 'ZZZZZZZ', 'short', '', '..', 'ÄÖÜ?/#', 'A'.repeat(300)]) {
      const checked = await phone(wrong).check();
      assert.equal(checked.status, 'unknown', wrong);
      assert.match('message' in checked ? checked.message : '', /Get a new one on your TV/);
    }
    await assert.rejects(phone(code).choose({ id: 'SkyDish' }), (error) => {
      assert.ok(error instanceof DevicePassError);
      assert.equal(error.code, 'unknown_code');
      return true;
    });
  });

  it('offers the providers that can be read of a partly odd list, and warns of the rest once', async () => {
    const warnings: object[] = [];
    const { keys, client: temporal, sandbox, config, activation: app } = stack;
    const pass = await connect({
      keys,
      temporal,
      taskQueue: config.taskQueue,
      adobePassUrl: sandbox.url,
      logger: { warn: (details) => void warnings.push(details), error: () => {} },
    });
    const mvpds = [{ id: 'NorthCable' }, null];
    const body = JSON.stringify({ requestor: { mvpds } });
    sandbox.faults.set({ operation: 'configuration', kind: 'body', body, times: 2 });
    for (const osName of ['Windows', 'Android'] as const) {
      const screen = pass.secondScreen('', { app, ip: freshIp(), facts: { ...FACTS, osName } });
      assert.deepEqual(
        (await screen.providers()).map(({ id }) => id),
        ['NorthCable'],
      );
    }
    await pass.close();
    assert.deepEqual(warnings, [{ operation: 'configuration', note: "mvpds.1 can't be read" }]);
  });

  it('offers the providers without TempPass, fetched once for all [CFG-01] [CFG-08] [CFG-09] [S2S-22]', async () => {
    const { code } = await showCode();
    const offered = await phone(code).providers();
    assert.ok(offered.some(({ id }) => id === 'NorthCable'));
    assert.ok(offered.every(({ id }) => id !== 'TempPass_Preview'));
    const fetched = () =>
      stack.sandbox.requests.filter(({ operation }) => operation === 'configuration').length;
    const before = fetched();
    assert.deepEqual(await phone(code).providers(), offered);
    assert.equal(fetched(), before);
  });

  it('reads a list of its own for each platform [CFG-09]', async () => {
    const devices = () =>
      stack.sandbox.requests
        .filter(({ operation }) => operation === 'configuration')
        .map(({ headers }) => headers['x-device-info']);
    const { code } = await showCode();
    await phone(code).providers();
    const before = devices();
    const tv = { ...FACTS, osName: 'Roku OS', model: 'Roku' } as const;
    const options = { app: stack.activation, ip: freshIp(), facts: tv };
    await stack.pass.secondScreen('', options).providers();
    await stack.pass.secondScreen('', options).providers();
    const [own, ...more] = devices().slice(before.length);
    assert.equal(more.length, 0);
    assert.match(Buffer.from(own ?? '', 'base64').toString(), /Roku OS/);
  });

  it('asks again where the limit of its address is used up for a moment [THR-03]', async () => {
    const { code } = await showCode();
    const faults = { operation: 'retrieveSession', kind: 'html-429' } as const;
    stack.sandbox.faults.set({ ...faults, times: 2 });
    assert.equal((await phone(code).check()).status, 'known');
    stack.sandbox.faults.set({ ...faults, times: 3 });
    await assert.rejects(phone(code).check(), { code: 'throttled', retryable: true });
  });

  it('gets a new token when Adobe refuses its own [REG-07]', async () => {
    const { code } = await showCode();
    await phone(code).check();
    stack.sandbox.expireAccessTokens();
    assert.equal((await phone(code).check()).status, 'known');
  });
});
