import assert from 'node:assert/strict';
import { parseCredentials } from '../../src/ims/parse.ts';
import type { ParseOptions } from '../../src/ims/parse.ts';
import type { ImsCredentials } from '../../src/ims/credentials.ts';
import type { ServiceCredentialsFile } from '../../src/sandbox/ims/index.ts';
import { ImsError } from '../../src/ims/index.ts';
import { cleanUp, dayMs, refusal, stage, textOf } from './support.ts';
import type { Stage } from './support.ts';

const writtenAt = 1_700_000_000_000;
const parse = (value: object, options: Partial<ParseOptions> = {}) =>
  parseCredentials(JSON.stringify(value), { writtenAt, ...options });

const oauth = {
  imsEndpoint: 'ims-na1.adobelogin.com',
  scopes: ['openid', 'AdobeID'],
  technicalAccount: { clientId: 'cm-p1-e2', clientSecret: 's8e-aem-secret' },
  email: 'uuid@techacct.adobe.com',
  id: 'ABC@techacct.adobe.com',
  org: '1234@AdobeOrg',
};
const adc = {
  client_id: 'adc-client',
  client_secrets: ['p8e-one', 'p8e-two'],
  technical_account_id: 'ABC@techacct.adobe.com',
  technical_account_email: 'uuid@techacct.adobe.com',
  ims_org_id: '1234@AdobeOrg',
  scopes: ['openid'],
};

function errorOf(value: object): ImsError {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof ImsError) return error;
  }
  throw new Error('no ImsError came');
}

describe('credential shapes', () => {
  let file: ServiceCredentialsFile;
  let made: Stage;
  before(async () => {
    made = await stage();
    file = made.sandbox.serviceCredentials();
  });
  after(cleanUp);

  it('A: service credentials, with the envelope and without', () => {
    for (const value of [file, file.integration]) {
      const credentials = parse(value);
      assert.ok(credentials.kind === 'service-jwt');
      assert.equal(credentials.clientId, file.integration.technicalAccount.clientId);
      assert.ok(credentials.certificate);
    }
  });

  it('A: service credentials without their certificate: its end is not known, all else works', async () => {
    const { publicKey: _none, ...rest } = file.integration;
    const source = made.tokens({ integration: rest });
    assert.ok((await source.accessToken()).reveal());
    const { certificateNotAfter, certificateDaysLeft } = await source.status();
    assert.deepEqual([certificateNotAfter, certificateDaysLeft], [undefined, undefined]);
  });

  it('B: OAuth server-to-server, the bare download and the full answer', () => {
    const full = { ok: true, integration: { ...oauth, secretId: 'x', revoked: false } };
    for (const value of [oauth, full]) {
      const credentials = parse(value);
      assert.ok(credentials.kind === 'aem-oauth');
      assert.deepEqual(credentials.scopes, ['openid', 'AdobeID']);
      assert.equal(credentials.clientSecrets[0]?.reveal(), 's8e-aem-secret');
    }
    const revoked = { integration: { ...oauth, revoked: true } };
    assert.equal(errorOf(revoked).code, 'credentials_revoked');
  });

  it('C: Developer Console OAuth, for aio, as downloaded and as a whole project', () => {
    const upper = Object.fromEntries(
      Object.entries(adc).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const entry = { id: '1', oauth_server_to_server: adc };
    const project = { project: { workspace: { details: { credentials: [entry] } } } };
    for (const value of [adc, upper, project]) {
      const credentials = parse(value, { imsEndpoint: 'ims-na1-stg1.adobelogin.com' });
      assert.ok(credentials.kind === 'developer-console-oauth');
      assert.equal(credentials.clientSecrets.length, 2);
      assert.equal(credentials.imsEndpoint, 'ims-na1-stg1.adobelogin.com');
    }
  });

  it('D: a local development token ends by its own claims, which are texts of milliseconds', () => {
    const payload = { created_at: String(writtenAt - 5000), expires_in: '86400000' };
    const part = Buffer.from(JSON.stringify(payload)).toString('base64url');
    const value = { ok: true, statusCode: 200, accessToken: `e30.${part}.x` };
    const credentials = parse(value);
    assert.ok(credentials.kind === 'local-token');
    assert.equal(credentials.expiresAt, writtenAt - 5000 + dayMs);
    const opaque = parse({ accessToken: 'opaque' });
    assert.ok(opaque.kind === 'local-token' && opaque.expiresAt === writtenAt + dayMs);
  });

  it('Basic, and base64 of any of them', () => {
    assert.equal(parse({ username: 'admin', password: 'admin' }).kind, 'basic');
    const base64 = Buffer.from(JSON.stringify(oauth)).toString('base64');
    assert.equal(parseCredentials(base64, { writtenAt }).kind, 'aem-oauth');
    assert.equal(
      parseCredentials(`\uFEFF${JSON.stringify(oauth)}`, { writtenAt }).kind,
      'aem-oauth',
    );
  });

  it('both key and scopes: OAuth, unless told otherwise', () => {
    const both = { ...file.integration, scopes: ['openid'] };
    assert.equal(parse(both).kind, 'aem-oauth');
    assert.equal(parse(both, { prefer: 'service-jwt' }).kind, 'service-jwt');
  });

  it('complaint: scope forms are read alike, for metascopes and scopes', () => {
    const forms = [
      'ent_a,ent_b',
      'ent_a, ent_b',
      'ent_a ent_b',
      ['ent_a', 'ent_b'],
      ['ent_a,ent_b'],
    ];
    for (const form of forms) {
      const jwt = parse({ ...file.integration, metascopes: form }) as ImsCredentials;
      assert.deepEqual(jwt.kind === 'service-jwt' && jwt.metascopes, ['ent_a', 'ent_b']);
      const server = parse({ ...oauth, scopes: form }) as ImsCredentials;
      assert.deepEqual(server.kind === 'aem-oauth' && server.scopes, ['ent_a', 'ent_b']);
    }
  });

  it('names all missing paths at once', () => {
    const { integration } = file;
    const { privateKey: _key, org: _org, ...rest } = integration;
    const error = errorOf({ integration: { ...rest, technicalAccount: { clientId: 'x' } } });
    assert.equal(error.code, 'incomplete_credentials');
    for (const path of ['org', 'privateKey', 'technicalAccount.clientSecret']) {
      assert.ok(error.message.includes(`integration.${path}`), path);
    }
    const unknown = errorOf({ ok: true });
    assert.equal(unknown.code, 'unknown_credentials');
    assert.match(unknown.message, /technicalAccount\.clientSecret.*client_secrets.*accessToken/);
  });

  it('a key and a certificate of two downloads are told before IMS is asked', () => {
    const other = made.sandbox.addCertificate(file.integration.technicalAccount.clientId);
    const mixed = { ...file.integration, publicKey: other.integration.publicKey };
    assert.equal(errorOf(mixed).code, 'key_mismatch');
  });

  it('complaint: token of the wrong console is told at once, by name', async () => {
    const credentials = made.sandbox.developerConsoleCredentials();
    const rules = { accepts: ['service-jwt', 'aem-oauth'] as const };
    const error = await refusal(made.ims.tokens(textOf(credentials), rules).accessToken());
    assert.equal(error.code, 'wrong_console');
    assert.match(error.message, /OAuth of an Adobe Developer Console project/);
    assert.match(error.hint, /service credentials of the AEM Developer Console/);
    const ended = { project: { workspace: { details: { credentials: [{ jwt: {} }] } } } };
    assert.match(errorOf(ended).message, /JWT ended on 2026-03-01/);
  });

  it('what is not JSON is told without a piece of it', () => {
    assert.throws(
      () => parseCredentials('{"clientSecret": "hunter22", \\r\\R', { writtenAt }),
      (error: Error) => /not JSON/.test(error.message) && !error.message.includes('hunter'),
    );
  });
});
