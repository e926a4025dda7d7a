import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { exportJWK } from 'jose';
import { readServiceTokens } from '../../src/client.ts';
import { isSendable } from '../../src/service-tokens/index.ts';
import { IdentityService, ISSUER } from './support.ts';

describe('the settings of service tokens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devicepass-service-tokens-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (text: string) => {
    const path = join(folder, `${randomUUID()}.pem`);
    writeFileSync(path, text);
    return path;
  };
  const KEY = 'DEVICEPASS_SERVICE_TOKEN_KEY';
  const PUBLIC = 'DEVICEPASS_SERVICE_TOKEN_PUBLIC_KEYS';
  const read = (env: Record<string, string>) =>
    readServiceTokens({ DEVICEPASS_SERVICE_TOKEN_ISSUER: ISSUER, ...env });
  let identity: IdentityService;
  before(async () => {
    identity = await IdentityService.open();
  });

  it('are none without an issuer', () => {
    assert.equal(readServiceTokens({}), undefined);
  });

  it('that hold a key in place of its file repeat nothing of it', () => {
    const { privateKey } = identity;
    const lines = privateKey.split('\n').filter((line) => line !== '');
    for (const key of [privateKey, privateKey.replaceAll('\n', ' ')]) {
      assert.throws(
        () => read({ [KEY]: key }),
        ({ message }: Error) => {
          assert.match(message, /in place of its path, .*correct DEVICEPASS_SERVICE_TOKEN_KEY$/);
          return lines.every((line) => !message.includes(line));
        },
      );
    }
  });

  it('make tokens that say what they were told [SSO-04]', async () => {
    const tokens = read({
      [KEY]: file(identity.privateKey),
      DEVICEPASS_SERVICE_TOKEN_KEY_ID: 'tv-1',
      DEVICEPASS_SERVICE_TOKEN_AUDIENCE: 'adobe',
      DEVICEPASS_SERVICE_TOKEN_LIFE_MS: '60000',
    });
    const token = (await tokens?.make('viewer')) ?? '';
    const [header, claims] = token
      .split('.')
      .slice(0, 2)
      .map(
        (part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>,
      );
    assert.equal(header?.['kid'], 'tv-1');
    assert.equal(claims?.['aud'], 'adobe');
    assert.equal(Number(claims?.['exp']) - Number(claims?.['iat']), 60);
    assert.deepEqual(await tokens?.verified(token), { issuer: ISSUER, subject: 'viewer' });
    assert.equal(isSendable(token, Date.now() + 59_000), true);
    assert.equal(isSendable(token, Date.now() + 61_000), false);
    assert.doesNotMatch(inspect(tokens) + JSON.stringify(tokens), /PRIVATE|viewer/);
  });

  it('believe keys in PEM, several of them, and in a JWKS; and make none without a key', async () => {
    const other = await IdentityService.open();
    const jwks = { keys: [await exportJWK(createPublicKey(identity.publicKey))] };
    for (const text of [other.publicKey + identity.publicKey, JSON.stringify(jwks)]) {
      const tokens = read({ [PUBLIC]: file(text) });
      assert.equal(tokens?.makes, false);
      const who = await tokens?.verified(await identity.token('viewer', { aud: 'adobe' }));
      assert.deepEqual(who, { issuer: ISSUER, subject: 'viewer' });
      const stranger = await IdentityService.open();
      assert.equal(await tokens?.verified(await stranger.token('viewer')), undefined);
    }
  });

  it('are refused in one line that says which, and repeats no key', () => {
    const pem = { type: 'pkcs8', format: 'pem' } as const;
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem);
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export(pem);
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /set without a key: give DEVICEPASS_SERVICE_TOKEN_KEY/],
      [
        { [KEY]: '/not/there' },
        /\/not\/there can't be read \(ENOENT\): correct DEVICEPASS_SERVICE/,
      ],
      [{ [KEY]: file('x') }, /KEY: .* is no private key that can be read/],
      [{ [KEY]: file(identity.publicKey) }, /KEY: .* holds no private key/],
      [{ [KEY]: file(ec.toString()) }, /KEY: .* is a key for ec/],
      [{ [KEY]: file(short.toString()) }, /KEY: .* has 1024 bits/],
      [{ [PUBLIC]: file(identity.privateKey) }, /PUBLIC_KEYS: .* holds a private key/],
      [{ [PUBLIC]: file('') }, /PUBLIC_KEYS: .* holds no public key/],
      [{ [PUBLIC]: file('{"keys":[{"kty":"RSA","d":"x"}]}') }, /PUBLIC_KEYS: .* a private key/],
      [{ [PUBLIC]: file('{') }, /PUBLIC_KEYS: .* is no public key/],
      [{ [KEY]: 'x', DEVICEPASS_SERVICE_TOKEN_AUDIENCE: 'us' }, /AUDIENCE.*Adobe, adobe/],
      [{ [KEY]: 'x', DEVICEPASS_SERVICE_TOKEN_ISSUER: '' }, /set without .*_ISSUER/],
    ];
    for (const [env, words] of cases) {
      assert.throws(
        () => read(env),
        ({ name, message }: Error) => {
          assert.equal(name, 'ConfigError');
          assert.match(message, words);
          assert.doesNotMatch(message, /\n|-----/);
          return true;
        },
      );
    }
  });
});
