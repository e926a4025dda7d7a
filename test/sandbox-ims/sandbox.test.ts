import assert from 'node:assert/strict';
import { cleanUp, exchangeForm, post, start } from './support.ts';

const path = '/ims/token/v3';

describe('the IMS sandbox', () => {
  afterEach(cleanUp);

  const formOf = (file: {
    technicalAccount: { clientId: string; clientSecret: string };
    scopes: string[];
  }) => ({
    grant_type: 'client_credentials',
    client_id: file.technicalAccount.clientId,
    client_secret: file.technicalAccount.clientSecret,
    scope: file.scopes.join(','),
  });

  it('OAuth: expires_in counts seconds; fields may stand in the query', async () => {
    const sandbox = await start();
    const form = formOf(sandbox.oauthCredentials());
    const { status, body } = await post(sandbox, path, form);
    assert.deepEqual([status, body['expires_in']], [200, 86_399]);
    const query = `${path}?${new URLSearchParams(form).toString()}`;
    assert.equal((await post(sandbox, query, '')).status, 200);
    const console = sandbox.developerConsoleCredentials();
    const other = {
      ...form,
      client_id: console.client_id,
      client_secret: console.client_secrets[0] ?? '',
    };
    assert.equal((await post(sandbox, path, other)).status, 200);
  });

  it('OAuth: refuses scopes with blanks or unbound, another grant, another flow', async () => {
    const sandbox = await start();
    const file = sandbox.oauthCredentials();
    const form = formOf(file);
    const error = async (changes: Record<string, string>) => {
      const { status, body } = await post(sandbox, path, { ...form, ...changes });
      return [status, body['error']];
    };
    assert.deepEqual(await error({ scope: file.scopes.join(' ') }), [400, 'invalid_scope']);
    assert.deepEqual(await error({ scope: 'other' }), [400, 'invalid_scope']);
    assert.deepEqual(await error({ grant_type: 'password' }), [400, 'unsupported_grant_type']);
    assert.deepEqual(await error({ client_secret: 'wrong' }), [401, 'invalid_client']);
    const { technicalAccount } = sandbox.serviceCredentials().integration;
    const { clientId, clientSecret } = technicalAccount;
    const jwt = { client_id: clientId, client_secret: clientSecret };
    assert.deepEqual(await error(jwt), [400, 'unauthorized_client']);
  });

  it('secrets and certificates overlap until the old ones are revoked', async () => {
    const sandbox = await start();
    const oauth = sandbox.oauthCredentials();
    const { clientId, clientSecret } = oauth.technicalAccount;
    const next = sandbox.addSecret(clientId);
    const status = async (secret: string) =>
      (await post(sandbox, path, { ...formOf(oauth), client_secret: secret })).status;
    assert.deepEqual([await status(clientSecret), await status(next)], [200, 200]);
    sandbox.revokeSecret(clientId, clientSecret);
    assert.deepEqual([await status(clientSecret), await status(next)], [401, 200]);
    const old = sandbox.serviceCredentials();
    const account = old.integration.technicalAccount.clientId;
    const fresh = sandbox.addCertificate(account);
    const exchange = async (file: typeof old) =>
      (await post(sandbox, '/ims/exchange/jwt', await exchangeForm(file))).status;
    assert.deepEqual([await exchange(old), await exchange(fresh)], [200, 200]);
    sandbox.revokeCertificate(account);
    await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));
    assert.deepEqual([await exchange(old), await exchange(fresh)], [400, 200]);
  });

  it('validates tokens for the client that they were given to', async () => {
    const sandbox = await start();
    const file = sandbox.oauthCredentials();
    const { body } = await post(sandbox, path, formOf(file));
    const form = { type: 'access_token', client_id: file.technicalAccount.clientId };
    const ask = async (token: string, fields = form) =>
      (await post(sandbox, '/ims/validate_token/v1', fields, { authorization: `Bearer ${token}` }))
        .body;
    const token = String(body['access_token']);
    assert.deepEqual(await ask(token), { valid: true });
    assert.deepEqual(await ask('garbage'), { valid: false, reason: 'bad_token' });
    const other = { ...form, client_id: 'other' };
    assert.deepEqual(await ask(token, other), { valid: false, reason: 'bad_token' });
    sandbox.endTokens();
    assert.deepEqual(await ask(token), { valid: false, reason: 'expired' });
  });

  it('has faults: latency, status, reset, lost answer, hang', async () => {
    const sandbox = await start();
    const form = formOf(sandbox.oauthCredentials());
    sandbox.faults.set({ kind: 'latency', ms: 60 });
    const startedAt = performance.now();
    assert.equal((await post(sandbox, path, form)).status, 200);
    assert.ok(performance.now() - startedAt >= 55);
    sandbox.faults.set({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, times: 2 });
    for (let i = 0; i < 2; i += 1) {
      const { status, headers } = await post(sandbox, path, form);
      assert.deepEqual([status, headers.get('retry-after')], [429, '7']);
    }
    sandbox.faults.set({ kind: 'status', operation: 'exchange' });
    assert.equal((await post(sandbox, path, form)).status, 200);
    sandbox.faults.clear();
    for (const kind of ['reset', 'lost-answer'] as const) {
      sandbox.faults.set({ kind });
      await assert.rejects(post(sandbox, path, form));
    }
    sandbox.faults.set({ kind: 'hang' });
    const silent = post(sandbox, path, form);
    const outcome = await Promise.race([
      silent.catch(() => 'ended'),
      new Promise((resolve) => setTimeout(resolve, 50, 'silent')),
    ]);
    assert.equal(outcome, 'silent');
    await sandbox.stop();
    await assert.rejects(silent);
  });

  it('records requests with what was answered, and every secret', async () => {
    const sandbox = await start();
    const file = sandbox.serviceCredentials();
    const form = await exchangeForm(file);
    const { body, headers } = await post(sandbox, '/ims/exchange/jwt', form);
    await fetch(`${sandbox.url}/ims/exchange/jwt/v9`);
    const seen = sandbox.requests.map(({ operation, status }) => [operation, status]);
    assert.deepEqual(seen, [
      ['exchange', 200],
      ['unknown', 404],
    ]);
    assert.ok(headers.get('x-debug-id'));
    const secrets = sandbox.secrets();
    const line = file.integration.privateKey.split('\r\n')[3] ?? '';
    for (const secret of [form.client_secret, form.jwt_token, body['access_token'], line]) {
      assert.ok(secrets.includes(String(secret)));
    }
  });
});
