import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMediaTokenSettings } from '../../src/client.ts';
import { privateCertificate } from '../http/support.ts';

describe('the settings of media tokens', () => {
  const MEDIA_TOKEN_VERIFIER_URL = 'http://127.0.0.1:8282/verify';

  it('are none without an address', () => {
    assert.equal(readMediaTokenSettings({}), undefined);
    assert.equal(readMediaTokenSettings({ MEDIA_TOKEN_VERIFIER_URL: '' }), undefined);
  });

  it('refuse without the verifier unless told otherwise', () => {
    assert.deepEqual(readMediaTokenSettings({ MEDIA_TOKEN_VERIFIER_URL }), {
      verifier: { url: MEDIA_TOKEN_VERIFIER_URL, tries: 2, tryTimeoutMs: 1_000 },
      timeoutMs: 2_500,
      whenAway: 'refuse',
    });
  });

  it('take a secret and a private authority', () => {
    const folder = mkdtempSync(join(tmpdir(), 'devicepass-media-tokens-'));
    try {
      const file = join(folder, 'ca.pem');
      const { cert } = privateCertificate();
      writeFileSync(file, cert);
      const settings = readMediaTokenSettings({
        MEDIA_TOKEN_VERIFIER_URL,
        MEDIA_TOKEN_VERIFIER_SECRET: 'for-the-side-car',
        MEDIA_TOKEN_VERIFIER_CA_FILE: file,
      });
      assert.ok(settings && 'url' in settings.verifier);
      assert.equal(settings.verifier.secret, 'for-the-side-car');
      assert.equal(settings.verifier.certificateAuthorities, cert);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const wrong: [name: string, value: string, message: RegExp][] = [
    ['URL', 'verifier:8080', /^MEDIA_TOKEN_VERIFIER_URL is "verifier:8080": use the http/],
    ['URL', 'http://a:b@c', /^MEDIA_TOKEN_VERIFIER_URL is "http:\/\/\[secret\]@c": use a URL with/],
    ['SECRET', 'a b', /^MEDIA_TOKEN_VERIFIER_SECRET is not usable: use visible ASCII/],
    ['TIMEOUT_MS', '1', /_TIMEOUT_MS is "1": use a whole number of milliseconds from 100 to 7000$/],
    ['TRIES', '0', /^MEDIA_TOKEN_VERIFIER_TRIES is "0": use a whole number from 1 to 5$/],
    ['WHEN_AWAY', 'allow', /WHEN_AWAY is "allow": use one of refuse, release$/],
    ['CA_FILE', 'package.json', /^package.json has no certificate in PEM form: see MEDIA_/],
    ['CA_FILE', '/none.pem', /^\/none.pem can't be read \(ENOENT\): correct MEDIA_TOKEN_VERIFIER_/],
  ];
  for (const [name, value, message] of wrong) {
    it(`are refused in one line: ${name} ${value}`, () => {
      const env = { MEDIA_TOKEN_VERIFIER_URL, [`MEDIA_TOKEN_VERIFIER_${name}`]: value };
      assert.throws(() => readMediaTokenSettings(env), { name: 'ConfigError', message });
    });
  }
});
