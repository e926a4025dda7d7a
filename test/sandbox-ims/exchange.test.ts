import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { ImsSandbox, ServiceCredentialsFile } from '../../src/sandbox/ims/index.ts';
import { claims, cleanUp, exchangeForm, post, start } from './support.ts';

const path = '/ims/exchange/jwt';

describe('the IMS sandbox: JWT exchange', () => {
  let sandbox: ImsSandbox;
  let file: ServiceCredentialsFile;
  before(async () => {
    sandbox = await start();
    file = sandbox.serviceCredentials();
  });
  after(cleanUp);

  const refused = async (form: Record<string, string> | string, headers = {}) => {
    const { status, body } = await post(sandbox, path, form, headers);
    assert.equal(typeof body['error_description'], 'string');
    return [status, body['error']];
  };
  const withClaims = async (changes: Record<string, unknown>) =>
    refused(await exchangeForm(file, claims(file, changes)));

  it('hands out a file in the form of the console', () => {
    const { privateKey, publicKey, imsEndpoint, email, id } = file.integration;
    assert.match(privateKey, /^-----BEGIN RSA PRIVATE KEY-----\r\n/);
    const certificate = new X509Certificate(publicKey);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(privateKey)));
    assert.ok(certificate.verify(certificate.publicKey));
    const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
    assert.ok(days > 364 && days <= 365);
    assert.equal(imsEndpoint, sandbox.host);
    assert.notEqual(email, id);
  });

  it('gives a token that lives for expires_in milliseconds', async () => {
    const { status, body } = await post(sandbox, path, await exchangeForm(file));
    assert.equal(status, 200);
    assert.deepEqual([body['token_type'], body['expires_in']], ['bearer', 86_399_999]);
    const token = String(body['access_token']);
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    const { created_at: createdAt, expires_in: life } = JSON.parse(payload);
    assert.deepEqual([typeof createdAt, life], ['string', '86399999']);
    assert.equal(sandbox.tokenInfo(token)?.email, file.integration.email);
    assert.equal(sandbox.tokenInfo(`${token}x`), undefined);
  });

  it('takes a JWT once', async () => {
    const exp = Math.floor(Date.now() / 1000) + 200;
    const form = await exchangeForm(file, claims(file, { exp, jti: 7 }));
    assert.equal((await post(sandbox, path, form)).status, 200);
    assert.deepEqual(await refused(form), [400, 'invalid_token']);
  });

  const badClaims: Record<string, [Record<string, unknown>, string]> = {
    'exp that has passed': [{ exp: Math.floor(Date.now() / 1000) - 1 }, 'invalid_token'],
    'exp as a date': [{ exp: new Date().toISOString() }, 'invalid_token'],
    'exp in milliseconds': [{ exp: Date.now() + 300_000 }, 'invalid_token'],
    'exp with a fraction': [{ exp: Date.now() / 1000 + 300.5 }, 'invalid_token'],
    'no exp': [{ exp: undefined }, 'invalid_token'],
    'jti as a text': [{ jti: 'uuid' }, 'invalid_token'],
    'another organization': [{ iss: 'other@AdobeOrg' }, 'invalid_token'],
    'the email as sub': [{ sub: 'uuid@techacct.adobe.com' }, 'invalid_token'],
    'an audience of another client': [{}, 'invalid_client'],
    'an audience of another IMS': [{ aud: 'https://ims.test/c/x' }, 'invalid_token'],
  };
  for (const [name, [changes, error]] of Object.entries(badClaims)) {
    it(`refuses ${name}: 400 ${error}`, async () => {
      const other = { aud: `https://${sandbox.host}/c/other` };
      const made = name === 'an audience of another client' ? other : changes;
      assert.deepEqual(await withClaims(made), [400, error]);
    });
  }

  it('refuses metascopes that are absent, unbound, not true, or one text: 400 invalid_scope', async () => {
    const prefix = `https://${sandbox.host}/s/`;
    const good = `${prefix}ent_aem_cloud_api`;
    for (const changes of [
      { [good]: undefined },
      { [good]: 'true' },
      { [`${prefix}ent_other`]: true },
      { [good]: undefined, [`${prefix}ent_aem_cloud_api,ent_b`]: true },
    ]) {
      assert.deepEqual(await withClaims(changes), [400, 'invalid_scope']);
    }
  });

  it('checks the signature with the certificates bound to the account', async () => {
    const other = sandbox.serviceCredentials();
    const forged = {
      ...(await exchangeForm(file)),
      jwt_token: (
        await exchangeForm({
          ...file,
          integration: { ...file.integration, privateKey: other.integration.privateKey },
        })
      ).jwt_token,
    };
    assert.deepEqual(await refused(forged), [400, 'invalid_token']);
    const documented = await start({ signatureError: 'invalid_signature' });
    const ended = documented.serviceCredentials({ certificateEndsAt: Date.now() - 1000 });
    const { body } = await post(documented, path, await exchangeForm(ended));
    assert.equal(body['error'], 'invalid_signature');
  });

  it('knows clients, secrets and who may exchange: 400 and 401 invalid_client', async () => {
    const form = await exchangeForm(file);
    assert.deepEqual(await refused({ ...form, client_id: 'nobody' }), [400, 'invalid_client']);
    assert.deepEqual(await refused({ ...form, client_secret: 'x' }), [401, 'invalid_client']);
    const { technicalAccount } = sandbox.oauthCredentials();
    const { clientId, clientSecret } = technicalAccount;
    const oauth = { ...form, client_id: clientId, client_secret: clientSecret };
    assert.deepEqual(await refused(oauth), [401, 'invalid_client']);
    const forbidden = sandbox.serviceCredentials();
    sandbox.forbid(forbidden.integration.technicalAccount.clientId);
    assert.deepEqual(await refused(await exchangeForm(forbidden)), [401, 'invalid_client']);
  });

  it('refuses other forms: 400 bad_request; and no JWT or a mangled one: 400 invalid_token', async () => {
    const form = await exchangeForm(file);
    const { jwt_token: jwt, ...rest } = form;
    assert.deepEqual(await refused({ ...form, extra: '1' }), [400, 'bad_request']);
    assert.deepEqual(await refused({ jwt_token: jwt }), [400, 'bad_request']);
    const json = { 'content-type': 'application/json' };
    assert.deepEqual(await refused(JSON.stringify(form), json), [400, 'bad_request']);
    assert.deepEqual(await refused(rest), [400, 'invalid_token']);
    assert.deepEqual(await refused({ ...rest, jwt_token: 'a.b.c' }), [400, 'invalid_token']);
  });
});
