import assert from 'node:assert/strict';
import { startSandbox } from '../../src/sandbox/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { deviceHeaders, raw, registerDevice } from './device.ts';

describe('sandbox: dynamic client registration', () => {
  let sandbox: Sandbox;
  before(async () => (sandbox = await startSandbox({ throttle: false })));
  after(() => sandbox.stop());

  const info = { 'X-Device-Info': deviceHeaders['X-Device-Info'] };
  const register = (body: unknown, headers: Record<string, string | undefined> = {}) =>
    raw(
      sandbox,
      'POST',
      '/o/client/register',
      { 'Content-Type': 'application/json', ...info, ...headers },
      JSON.stringify(body),
    );
  const token = (fields: Record<string, string>) =>
    raw(
      sandbox,
      'POST',
      '/o/client/token',
      { 'Content-Type': 'application/x-www-form-urlencoded', ...info },
      new URLSearchParams(fields).toString(),
    );

  it('gives credentials and a token, both with 201', async () => {
    const client = await register({ software_statement: sandbox.softwareStatement() });
    assert.equal(client.status, 201);
    assert.equal(client.type, 'application/json;charset=UTF-8');
    assert.deepEqual(client.json.scopes, ['api:client:v2']);
    assert.ok(client.json.client_id_issued_at < Date.now() / 100);
    const { client_id, client_secret } = client.json;
    const issued = await token({ client_id, client_secret, grant_type: 'client_credentials' });
    assert.equal(issued.status, 201);
    assert.equal(issued.json.expires_in, 21_600);
    assert.ok(Math.abs(issued.json.created_at - Date.now()) < 5_000);
    assert.ok(sandbox.secrets().includes(client_secret));
    assert.ok(sandbox.secrets().includes(issued.json.access_token));
  });

  it('refuses statements that are forged, revoked or without the scope', async () => {
    const forged = `${sandbox.softwareStatement().slice(0, -4)}AAAA`;
    const revoked = sandbox.softwareStatement();
    sandbox.revokeStatement(revoked);
    const scopeless = sandbox.softwareStatement({ scopes: ['api:client:v1'] });
    const errorOf = async (statement: string) =>
      (await register({ software_statement: statement })).json;
    assert.deepEqual(await errorOf(forged), { error: 'invalid_software_statement' });
    assert.deepEqual(await errorOf(revoked), { error: 'unapproved_software_statement' });
    assert.deepEqual(await errorOf(scopeless), { error: 'unapproved_software_statement' });
  });

  it('refuses malformed requests with invalid_request', async () => {
    const statement = { software_statement: sandbox.softwareStatement() };
    for (const reply of [
      await register({}),
      await register({ ...statement, extra: 1 }),
      await register(statement, { 'X-Device-Info': undefined }),
      await register(statement, { 'AP-Device-Identifier': deviceHeaders['AP-Device-Identifier'] }),
      await register(statement, { 'Content-Type': 'text/plain' }),
      await token({ client_id: 'a' }),
    ]) {
      assert.equal(reply.status, 400);
      assert.deepEqual(reply.json, { error: 'invalid_request' });
    }
  });

  it('refuses unknown clients and other grants', async () => {
    const nobody = { client_id: 'a', client_secret: 'b' };
    const unknown = await token({ ...nobody, grant_type: 'client_credentials' });
    assert.deepEqual(unknown.json, { error: 'invalid_client' });
    const refresh = await token({ ...nobody, grant_type: 'refresh_token' });
    assert.deepEqual(refresh.json, { error: 'unsupported_grant_type' });
  });

  it('answers 401 by what is wrong with the token', async () => {
    const device = await registerDevice(sandbox);
    const missing = await device.api('/REF30/profiles', { headers: { Authorization: undefined } });
    assert.deepEqual([missing.status, missing.json], [401, {}]);
    sandbox.expireAccessTokens();
    const expired = await device.api('/REF30/profiles');
    assert.deepEqual([expired.status, expired.json], [401, {}]);
    sandbox.revokeClients();
    const revoked = await device.api('/REF30/profiles');
    assert.equal(revoked.json.code, 'invalid_access_token_client_application');
    const narrow = await registerDevice(
      sandbox,
      sandbox.softwareStatement({ serviceProviders: ['CITYTV'] }),
    );
    const other = await narrow.api('/REF30/profiles');
    assert.equal(other.status, 401);
    assert.equal(other.json.code, 'invalid_access_token_service_provider');
    assert.equal(other.json.action, 'application-registration');
    assert.equal((await narrow.api('/CITYTV/profiles')).status, 200);
  });
});
