import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { issueStatement } from '../../src/gateway/index.ts';
import { eventually, FACTS } from '../support/stack.ts';
import {
  type Farm,
  installationOf as installationBehind,
  signer,
  startFarm,
  Tv,
} from './support.ts';

describe('registration', () => {
  let farm: Farm;
  const backend = generateKeyPair('ES256', { extractable: true });
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  const trust = async (list: object) => {
    const { publicKey } = await backend;
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'b1' }];
    const content = JSON.stringify({ backends: { [farm.tvApp]: { keys } }, ...list });
    await writeFile(farm.env['GATEWAY_STATEMENTS'] ?? '', content);
  };
  const vouch = async (
    claims: object,
    { audience = farm.url, issuedAt = new Date(), expires = '5 min' } = {},
  ) =>
    new SignJWT({ software_id: farm.tvApp, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'b1' })
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .sign((await backend).privateKey);
  const installationOf = ({ body }: { body: Record<string, unknown> }) =>
    installationBehind(String(body['client_id']));

  it('makes a client of one installation, as RFC 7591 says', async () => {
    const { status, body, headers } = await new Tv(farm).register({ client_name: 'My TV' });
    assert.equal(status, 201);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(String(body['client_id']), /^[A-Za-z0-9._-]+$/);
    assert.match(String(body['client_secret']), /^[A-Za-z0-9._-]+$/);
    assert.equal(body['client_secret_expires_at'], 0);
    assert.equal(body['software_statement'], farm.statement);
    assert.equal(body['token_endpoint_auth_method'], 'client_secret_basic');
    assert.equal(body['client_name'], 'My TV');
    const other = await new Tv(farm).register();
    assert.notEqual(installationOf({ body }), installationOf(other));
  });

  it('says which facts of the TV it needs where there are none', async () => {
    for (const device of [undefined, null, 'a TV', []]) {
      const { status, body } = await new Tv(farm).register({ device });
      const { error, error_description: description } = body;
      const facts = 'model, version, osName, osVersion and connectionType';
      assert.deepEqual([status, error], [400, 'invalid_client_metadata']);
      assert.equal(description, `device: say what the TV is, by ${facts}`);
    }
  });

  for (const [what, error, metadata] of [
    ['no statement', 'invalid_software_statement', { software_statement: undefined }],
    ['a statement that is none', 'invalid_software_statement', { software_statement: 'x.y.z' }],
    ['a TV without facts', 'invalid_client_metadata', { device: undefined }],
    [
      'a fact that Adobe does not know',
      'invalid_client_metadata',
      { device: { ...FACTS, osName: 7 } },
    ],
    [
      'another way to authenticate',
      'invalid_client_metadata',
      { token_endpoint_auth_method: 'none' },
    ],
    ['a grant type that is not ours', 'invalid_client_metadata', { grant_types: ['password'] }],
    ['a response type', 'invalid_client_metadata', { response_types: ['code'] }],
    ['a scope that is not ours', 'invalid_client_metadata', { scope: 'admin' }],
  ] as const) {
    it(`refuses ${what}: ${error}`, async () => {
      const { status, body } = await new Tv(farm).register(metadata);
      assert.equal(status, 400);
      assert.equal(body['error'], error);
      assert.equal(typeof body['error_description'], 'string');
    });
  }

  it('refuses statements that were changed, expired, or made for another gateway', async () => {
    const [head, , signature] = farm.statement.split('.');
    const changed = Buffer.from('{"software_id":"demo","jti":"x","iat":1}').toString('base64url');
    const issue = async (more: object) =>
      (await issueStatement(signer(farm.env), { issuer: farm.url, app: farm.tvApp, ...more }))
        .statement;
    for (const software_statement of [
      `${head}.${changed}.${signature}`,
      await issue({ expiresAt: new Date(Date.now() - 1_000) }),
      await issue({ issuer: 'https://other.example' }),
    ]) {
      const { status, body } = await new Tv(farm).register({ software_statement });
      assert.equal(status, 400);
      assert.equal(body['error'], 'invalid_software_statement');
    }
  });

  it('does not take a client id for a statement, nor a statement for a client id', async () => {
    const tv = await Tv.registered(farm);
    const asStatement = await tv.register({ software_statement: tv.clientId });
    assert.equal(asStatement.body['error'], 'invalid_software_statement');
    tv.clientId = farm.statement;
    assert.equal((await tv.authorize()).body['error'], 'invalid_client');
  });

  it('believes a device id that the backend vouches for, and no other [HDR-07]', async () => {
    await trust({});
    const register = async (statement: string, more = {}) =>
      new Tv(farm).register({ software_statement: statement, ...more });
    const statement = await vouch({ device_id: 'hardware-7' });
    const first = await eventually(async () => {
      const answer = await register(statement);
      return answer.status === 201 && answer;
    }, 'the file of trust is read');
    // A clock that is a little ahead is no fraud.
    const issuedAt = new Date(Date.now() + 5_000);
    const reinstalled = await register(await vouch({ device_id: 'hardware-7' }, { issuedAt }));
    assert.equal(installationOf(reinstalled), installationOf(first));
    assert.ok(
      !Buffer.from(String(first.body['client_id']).split('.')[1] ?? '', 'base64url').includes(
        'hardware-7',
      ),
    );

    const claimed = await register(farm.statement, { device_id: 'hardware-7' });
    assert.equal(claimed.status, 201);
    assert.notEqual(installationOf(claimed), installationOf(first));

    for (const wrong of [
      await vouch({ device_id: 'x' }, { audience: 'https://other.example' }),
      await vouch({ device_id: 'x' }, { expires: '2 days' }),
      await vouch({ device_id: 'x' }, { issuedAt: new Date(Date.now() - 2 * 86_400_000) }),
      await vouch({ device_id: 'x', software_id: 'activation' }),
      (await vouch({ device_id: 'x' })).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
    ]) {
      assert.equal((await register(wrong)).body['error'], 'invalid_software_statement');
    }
    const homely = await register(await vouch({ device_id: 'x', household: 'one' }));
    assert.equal(homely.body['error'], 'invalid_software_statement');
    assert.match(String(homely.body['error_description']), /set DEVICEPASS_SERVICE_TOKEN_ISSUER/);
  });

  it('refuses facts that make a client id too long for headers, and says by how much', async () => {
    const device = { ...FACTS, userAgent: '€'.repeat(1_024) };
    const { status, body } = await new Tv(farm).register({ device });
    assert.equal(status, 400);
    assert.equal(body['error'], 'invalid_client_metadata');
    assert.match(String(body['error_description']), /leave out \d+ characters/);
    const shorter = { ...FACTS, userAgent: 'x'.repeat(1_024) };
    assert.equal((await new Tv(farm).register({ device: shorter })).status, 201);
  });

  it('ends an app version when its statement is revoked, and one TV when it is blocked', async () => {
    const tv = await Tv.registered(farm);
    const blocked = await Tv.registered(farm);
    const token = await tv.ownToken();
    await trust({ blocked: [installationOf({ body: { client_id: blocked.clientId } })] });
    await eventually(
      async () => (await blocked.authorize()).body['error'] === 'invalid_client',
      'the installation is blocked',
    );
    assert.equal((await tv.authorize()).status, 200);

    await trust({ revoked: [farm.statementId] });
    await eventually(
      async () => (await tv.authorize()).body['error'] === 'invalid_client',
      'the statement is revoked',
    );
    assert.equal((await tv.send('/v1/session', { token })).status, 401);
    const { status, body } = await tv.register();
    assert.equal(status, 400);
    assert.equal(body['error'], 'unapproved_software_statement');

    // A file that is lost gives nobody back what was taken.
    const file = farm.env['GATEWAY_STATEMENTS'] ?? '';
    await rename(file, `${file}.lost`);
    const lostAt = Date.now();
    await eventually(() => Date.now() - lostAt > 1_200, 'the gateway looked for it again');
    assert.equal((await tv.authorize()).body['error'], 'invalid_client');
    await trust({});
    await eventually(async () => (await tv.authorize()).status === 200, 'the new file is read');
  });
});
