import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAemSettings } from '../../src/aem-settings.ts';
import { KeyRing, readMediaTokenSettings, readServiceTokens } from '../../src/client.ts';
import { readApps, readConfig } from '../../src/config.ts';
import { generateTokenKey, readGatewaySettings } from '../../src/gateway/index.ts';
import {
  aem,
  agent,
  exampleSettings,
  gateway,
  mediaTokens,
  projectFile,
  serviceTokens,
  settings,
  worker,
} from './support.ts';

const ADOBE_PASS_URL = 'release-staging';

describe('the example settings', () => {
  it('name every setting of every process, each with a comment, and nothing else', () => {
    for (const schema of [worker, aem, gateway, agent])
      assert.ok(schema.length > 10, 'no schema found');
    assert.ok(mediaTokens.length > 5 && serviceTokens.length > 5, 'no schema found');
    const named = exampleSettings.map(({ name }) => name);
    assert.deepEqual(
      new Set(named.filter((name) => !name.startsWith('TEMPORAL_'))),
      new Set(settings),
    );
    assert.equal(new Set(named).size, named.length, 'a setting comes twice');
    for (const { name, comment } of exampleSettings) assert.ok(comment, `${name}: no comment`);
  });

  const given = Object.fromEntries(exampleSettings.map(({ name, value }) => [name, value]));

  it('give the values that the worker takes without them', () => {
    assert.deepEqual(readConfig({ ...given, ADOBE_PASS_URL }), readConfig({ ADOBE_PASS_URL }));
    const empty = exampleSettings
      .filter(({ name, value }) => value === '' && worker.includes(name))
      .map(({ name }) => name);
    assert.deepEqual(empty, [
      'ADOBE_PASS_URL',
      'ADOBE_PASS_BROWSER_ORIGINS',
      'ADOBE_MANAGEMENT_STATEMENT_FILE',
      'ADOBE_MANAGEMENT_URL',
      'DEVICEPASS_KEYS',
      'DEVICEPASS_USER_METADATA',
      'DEVICEPASS_MVPDS_SHOW',
      'DEVICEPASS_MVPDS_HIDE',
      'DEVICEPASS_METADATA_AFTER_AUTHORIZE',
      'DEVICEPASS_PREAUTHORIZE_LIMITS',
    ]);
  });

  it('leave AEM out, and give the values that are taken without them where it is there', () => {
    assert.equal(readAemSettings(given), undefined);
    const host = { AEM_PUBLISH_URL: 'https://publish.example.com' };
    assert.deepEqual(readAemSettings({ ...given, ...host }), readAemSettings(host));
  });

  it('leave the verifier out, and give the values that are taken without them where it is there', () => {
    assert.equal(readMediaTokenSettings(given), undefined);
    const host = { MEDIA_TOKEN_VERIFIER_URL: 'http://127.0.0.1:8282/verify' };
    assert.deepEqual(readMediaTokenSettings({ ...given, ...host }), readMediaTokenSettings(host));
  });

  it('leave households out', () => {
    assert.equal(readServiceTokens(given), undefined);
  });

  it('give the values that the gateway takes without them', async () => {
    const required = {
      GATEWAY_ISSUER: 'https://tv.example.com',
      GATEWAY_CLIENT_KEYS: KeyRing.generate().export(),
      GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey()] }),
    };
    // Key rings of two readings are never equal, nor need be.
    const { clientKeys: _here, ...here } = readGatewaySettings({ ...given, ...required });
    const { clientKeys: _there, ...without } = readGatewaySettings(required);
    assert.deepEqual(here, without);
  });

  it('come with a file of apps that lacks nothing but the software statements', () => {
    const folder = mkdtempSync(join(tmpdir(), 'devicepass-example-'));
    try {
      const file = join(folder, 'apps.json');
      const content = projectFile('apps.example.json');
      writeFileSync(file, content);
      assert.throws(() => readApps(file), /softwareStatement of tv is not a JWT/);
      writeFileSync(
        file,
        content.replaceAll(/paste the statement[^"]*/g, 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln'),
      );
      assert.ok(readApps(file).size >= 2, 'one app for TVs, one for the activation site');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
