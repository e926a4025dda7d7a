import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAemEnvironment } from '../../src/aem-environment.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { readAemSettings } from '../../src/aem-settings.ts';

const HOST = { AEM_PUBLISH_URL: 'https://publish-p1-e2.adobeaemcloud.com' };

/** The one line that a person reads. */
function problem(env: NodeJS.ProcessEnv): string {
  try {
    const settings = readAemSettings({ ...HOST, ...env });
    if (settings) createAemEnvironment(settings).close();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(!error.message.includes('\n'), 'one line');
    return error.message;
  }
  return assert.fail('these settings were accepted');
}

describe('settings of AEM', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), `catalogue-settings-${randomUUID()}-`));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('may all be left out: then there is no AEM, whatever else is set', () => {
    assert.equal(readConfig({ ADOBE_PASS_URL: 'https://pass.example' }).aem, undefined);
    assert.equal(readAemSettings({ AEM_BASIC: 'admin:admin' }), undefined);
  });

  it('are read from every variable', () => {
    const authority = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
    const settings = readAemSettings({
      ...HOST,
      AEM_AUTHOR_URL: 'https://author-p1-e2.adobeaemcloud.com',
      AEM_CREDENTIALS_FILE: '/run/secrets/aem.json',
      AEM_CREDENTIALS_EXPOSED: 'warn',
      AEM_CREDENTIAL_KINDS: 'service-jwt, aem-oauth',
      AEM_TOKEN_TIERS: 'author',
      AEM_EXPECTED_USER: 'a@techacct.adobe.com',
      AEM_CANARY_QUERY: 'tve/canary',
      AEM_REQUEST_TIMEOUT_MS: '900',
      AEM_CATALOGUE: file('catalogue.json', { tier: 'author', model: 'film' }),
      AEM_PROXY_URL: 'http://proxy.example:3128',
      AEM_NO_PROXY: 'localhost, .example',
      AEM_CA_FILE: file('ca.pem', authority),
      IMS_ALLOWED_HOSTS: 'ims.example',
      IMS_ENDPOINT: 'ims.example',
      IMS_REQUEST_TIMEOUT_MS: '700',
    });
    assert.ok(settings);
    assert.deepEqual(Object.keys(settings.hosts), ['author', 'publish']);
    assert.deepEqual(settings.source, {
      from: 'file',
      path: '/run/secrets/aem.json',
      exposed: 'warn',
    });
    assert.deepEqual(settings.kinds, ['service-jwt', 'aem-oauth']);
    assert.deepEqual(settings.client, {
      tokenTiers: ['author'],
      expectedUser: 'a@techacct.adobe.com',
      canary: { query: 'tve/canary' },
      requestTimeoutMs: 900,
    });
    assert.equal(settings.catalogue.model, 'film');
    assert.deepEqual(settings.http, {
      proxy: { url: 'http://proxy.example:3128', bypass: ['localhost', '.example'] },
      certificateAuthorities: authority,
    });
    assert.deepEqual(settings.ims, {
      allowedHosts: ['ims.example'],
      imsEndpoint: 'ims.example',
      timeoutMs: 700,
    });
  });

  it('take the tier nearest to viewers, and a password with colons', () => {
    const author = { AEM_AUTHOR_URL: 'http://localhost:4502', AEM_BASIC: 'admin:a:b' };
    const settings = readAemSettings(author);
    assert.equal(settings?.catalogue.tier, 'author');
    assert.deepEqual(settings?.source, { from: 'basic', username: 'admin', password: 'a:b' });
    assert.equal(readAemSettings({ ...author, ...HOST })?.catalogue.tier, 'publish');
  });

  const wrong: [Record<string, string>, RegExp][] = [
    [{ AEM_PUBLISH_URL: 'publish.example' }, /^AEM_PUBLISH_URL is "publish\.example": use a URL/],
    [
      { AEM_AUTHOR_URL: HOST.AEM_PUBLISH_URL },
      /^AEM_AUTHOR_URL is https:.*: this is the publish host$/,
    ],
    [
      { AEM_CREDENTIALS: '{}', AEM_BASIC: 'a:b' },
      /^AEM_CREDENTIALS and AEM_BASIC are set: keep one/,
    ],
    [{ AEM_CREDENTIAL_KINDS: 'jwt' }, /^AEM_CREDENTIAL_KINDS is "jwt": use one of service-jwt/],
    [
      { AEM_TOKEN_TIERS: 'live' },
      /^AEM_TOKEN_TIERS is "live": use one of author, preview, publish/,
    ],
    [{ AEM_CANARY_QUERY: 'canary' }, /^AEM_CANARY_QUERY is "canary": use <configuration>\/<query>/],
    [
      { AEM_REQUEST_TIMEOUT_MS: '0' },
      /^AEM_REQUEST_TIMEOUT_MS is "0": use a whole number of milli/,
    ],
    [
      { AEM_CATALOGUE: '/nowhere.json' },
      /^\/nowhere\.json can't be read \(ENOENT\): set AEM_CATALOGUE/,
    ],
    [
      { AEM_CA_FILE: '/nowhere.pem' },
      /^\/nowhere\.pem can't be read \(ENOENT\): correct AEM_CA_FILE/,
    ],
    [
      { AEM_AUTHOR_URL: 'http://me:pw@localhost:4502' },
      /^AEM_AUTHOR_URL is .* by AEM_BASIC instead$/,
    ],
    [{ AEM_PROXY_URL: 'socks://a' }, /^AEM_PROXY_URL: must be http/],
  ];
  for (const [env, message] of wrong) {
    it(`say in one line what is wrong with ${Object.keys(env).join(' and ')}`, () => {
      assert.match(problem(env), message);
    });
  }

  it('say which line of the catalogue file is wrong', () => {
    const path = file('wrong.json', { fields: { slug: 'a b' } });
    assert.match(problem({ AEM_CATALOGUE: path }), /wrong\.json: fields\.slug: use names/);
    const tier = file('tier.json', { tier: 'preview' });
    assert.match(
      problem({ AEM_CATALOGUE: tier }),
      /tier is preview, but AEM_PREVIEW_URL is not set/,
    );
    assert.match(
      problem({ AEM_CATALOGUE: file('no.json', '{"secret":') }),
      /no\.json is not JSON: check/,
    );
  });

  it('never repeat a secret', () => {
    for (const env of [
      { AEM_BASIC: 'hunter2' },
      { AEM_BASIC: 'hunter2:', AEM_PROXY_URL: 'http://a:hunter2@b' },
      { AEM_CREDENTIALS: 'hunter2', AEM_BASIC: 'a:hunter2' },
      { AEM_PROXY_URL: 'ftp://a:hunter2@b' },
      { AEM_PUBLISH_URL: 'ftp://a:hunter2@b' },
      { AEM_PUBLISH_URL: 'https://a:hunter2@publish.example' },
    ]) {
      assert.doesNotMatch(problem(env), /hunter2/, JSON.stringify(env));
    }
  });
});
