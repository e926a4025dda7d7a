import assert from 'node:assert/strict';
import { constants, createPrivateKey, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CompactEncrypt } from 'jose';
import { openedWith, type Scheme, SCHEMES, shapeOf } from '../../src/user-metadata/index.ts';
import { encryptedPkcs1 } from './support.ts';

interface Vectors {
  text: string;
  pkcs8: string;
  values: Record<Exclude<Scheme, 'jwe'>, string>;
}
const { text, pkcs8, values } = JSON.parse(
  readFileSync(new URL('vectors.json', import.meta.url), 'utf8'),
) as Vectors;
const vectorKey = createPrivateKey({
  key: Buffer.from(pkcs8, 'base64'),
  type: 'pkcs8',
  format: 'der',
});
const RSA_SCHEMES = SCHEMES.filter((scheme) => scheme !== 'jwe');

describe('the schemes of encrypted user metadata', () => {
  const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;

  const open = async (scheme: Scheme, with_: typeof key, value: string) => {
    const shape = shapeOf(value);
    assert.notEqual(shape.kind, 'other');
    return shape.kind === 'other' ? undefined : openedWith(scheme, with_, shape);
  };

  for (const scheme of RSA_SCHEMES) {
    it(`open what OpenSSL encrypted by ${scheme}, and nothing of another scheme`, async () => {
      assert.equal(await open(scheme, vectorKey, values[scheme]), text);
      for (const other of RSA_SCHEMES.filter((one) => one !== scheme)) {
        assert.equal(await open(other, vectorKey, values[scheme]), undefined, other);
      }
      assert.equal(await open(scheme, stranger, values[scheme]), undefined);
    });
  }

  for (const alg of ['RSA-OAEP', 'RSA-OAEP-256']) {
    it(`open a JWE by ${alg}`, async () => {
      const jwe = await new CompactEncrypt(Buffer.from('94107'))
        .setProtectedHeader({ alg, enc: 'A128CBC-HS256' })
        .encrypt(publicKey);
      assert.equal(await open('jwe', key, jwe), '94107');
      assert.equal(await open('jwe', stranger, jwe), undefined);
    });
  }

  it('tell a wrong key for PKCS#1 v1.5 from the right one, always', async () => {
    // Implicit rejection would give random bytes: the next key would never be tried.
    const given = Array.from({ length: 200 }, (_, at) => encryptedPkcs1(publicKey, `zip ${at}`));
    for (const [at, value] of given.entries()) {
      assert.equal(await open('rsa-pkcs1', stranger, value), undefined);
      assert.equal(await open('rsa-pkcs1', key, value), `zip ${at}`);
    }
  });

  it('refuse each malformed PKCS#1 v1.5 padding', async () => {
    const block = (...parts: (number[] | number)[]) => {
      const bytes = Buffer.alloc(256, 0xaa);
      bytes.set(parts.flat());
      const padding = constants.RSA_NO_PADDING;
      return publicEncrypt({ key: publicKey, padding }, bytes).toString('base64');
    };
    const eight = [1, 2, 3, 4, 5, 6, 7, 8];
    const tail = Buffer.from('94107'.padStart(245, ' '));
    const good = block(0, 2, ...eight, 0, ...tail);
    assert.equal((await open('rsa-pkcs1', key, good))?.trim(), '94107');
    for (const [what, bad] of Object.entries({
      'first byte': block(1, 2, ...eight, 0, ...tail),
      'block type': block(0, 1, ...eight, 0, ...tail),
      'seven bytes of padding': block(0, 2, ...eight.slice(1), 0, ...tail, 32),
      'no separator': block(0, 2, ...eight, 9, ...tail),
    })) {
      assert.equal(await open('rsa-pkcs1', key, bad), undefined, what);
    }
  });

  it('keep the last characters, umlauts and the empty text', async () => {
    for (const one of ['', 'Zürich ', '{"MPAA":"PG-13"}', '0'.repeat(245)]) {
      assert.equal(await open('rsa-pkcs1', key, encryptedPkcs1(publicKey, one)), one);
    }
    const noText = encryptedPkcs1(publicKey, Buffer.from([0xc3, 0x28]));
    assert.equal(await open('rsa-pkcs1', key, noText), undefined);
  });

  it('read past blanks, line breaks and the URL alphabet', () => {
    const value = Buffer.alloc(256, 0xfb).toString('base64');
    for (const written of [
      ` ${value} `,
      value.replaceAll(/.{76}/g, '$&\r\n'),
      value.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    ]) {
      const shape = shapeOf(written);
      assert.ok(shape.kind === 'rsa' && shape.bytes.equals(Buffer.alloc(256, 0xfb)));
    }
    for (const none of ['', '94107', 'a.b.c.d.e', '%%%', Buffer.alloc(100).toString('base64')]) {
      assert.equal(shapeOf(none).kind, 'other', none);
    }
  });
});
