import assert from 'node:assert/strict';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { IdentityService } from '../service-tokens/support.ts';

describe("the sandbox's control over service tokens", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ throttle: false });
  });
  after(() => sandbox.stop());

  const post = async (path: string, body: object) => {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('takes public keys, and switches an integration on and off', async () => {
    const { publicKey } = await IdentityService.open();
    assert.equal((await post('service-token-keys', { publicKey, kid: 'one' })).status, 200);
    const sso = async () => {
      const response = await fetch(`${sandbox.url}/_sandbox/state`);
      return ((await response.json()) as Record<string, unknown>)['serviceTokenSso'];
    };
    assert.deepEqual(await sso(), []);
    await post('service-token-sso', { mvpd: 'NorthCable' });
    assert.deepEqual(await sso(), ['NorthCable']);
    await post('service-token-sso', { mvpd: 'NorthCable', enabled: false });
    assert.deepEqual(await sso(), []);
  });

  it('refuses what is no key, and MVPDs that there are not', async () => {
    for (const [path, body, words] of [
      ['service-token-keys', { publicKey: 'x' }, /no public key in PEM/],
      ['service-token-sso', { mvpd: 'Nobody' }, /no MVPD 'Nobody'/],
    ] as const) {
      const { status, body: said } = await post(path, body);
      assert.equal(status, 400);
      assert.match(String(said['error']), words);
    }
  });
});
