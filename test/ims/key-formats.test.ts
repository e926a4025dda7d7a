import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readCertificate, readPrivateKey } from '../../src/ims/pem.ts';
import { selfSignedCertificate } from '../../src/sandbox/ims/index.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const forms: Record<string, string> = {
  'PKCS#1 with LF': pkcs1,
  'PKCS#1 with CRLF, as the console writes it': pkcs1.replaceAll('\n', '\r\n'),
  'PKCS#8': pkcs8,
  'backslash-n written out (environment)': pkcs1.replaceAll('\n', String.raw`\n`),
  'backslash-r-backslash-n written out': pkcs1.replaceAll('\n', String.raw`\r\n`),
  'escaped twice': pkcs1.replaceAll('\n', String.raw`\\n`),
  'one line, breaks replaced by blanks': pkcs1.replaceAll('\n', ' '),
  'one line, breaks dropped': pkcs1.replaceAll('\n', ''),
  'indented lines (YAML)': pkcs1.replaceAll('\n', '\n    '),
  'leading blank lines': `\n  \n${pkcs1}`,
  'double quotes around it': `"${pkcs1}"`,
  'single quotes around it': `'${pkcs1}'`,
  'the whole in base64': Buffer.from(pkcs1).toString('base64'),
};

describe('complaint: key formats', () => {
  for (const [name, text] of Object.entries(forms)) {
    it(`reads ${name}`, () => {
      const derived = createPublicKey(readPrivateKey(text, 'privateKey'));
      assert.equal(derived.export({ type: 'spki', format: 'pem' }), publicKey);
    });
  }

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const locked = { cipher: 'aes-256-cbc', passphrase: 'x' };
  const refused: Record<string, [string, RegExp]> = {
    'a key below 2048 bits': [
      small.export({ type: 'pkcs1', format: 'pem' }).toString(),
      /1024 bits: RS256 needs 2048/,
    ],
    'a key that is not RSA': [
      elliptic.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /not an RSA key/,
    ],
    'a key with a passphrase': [
      pair.privateKey.export({ type: 'pkcs8', format: 'pem', ...locked }).toString(),
      /passphrase/,
    ],
    'an old key with a passphrase': [
      pair.privateKey.export({ type: 'pkcs1', format: 'pem', ...locked }).toString(),
      /passphrase/,
    ],
    'a public key': [publicKey, /integration.privateKey holds a PUBLIC KEY/],
    'a damaged key': [pkcs1.replace(/\n.{20}/, '\n'), /damaged/],
    'no key at all': ['s8e-this-is-the-client-secret-and-no-private-key-at-all', /is no PEM/],
  };
  for (const [name, [text, message]] of Object.entries(refused)) {
    it(`refuses ${name}, and repeats nothing of it`, () => {
      assert.throws(
        () => readPrivateKey(text, 'integration.privateKey'),
        (error: Error) =>
          message.test(error.message) && !error.message.includes(text.slice(40, 60)),
      );
    });
  }

  it('reads the certificate, which the file calls publicKey, in the same forms', () => {
    const now = Date.now();
    const notAfter = Math.floor(now / 1000) * 1000 + 86_400_000;
    const pem = selfSignedCertificate({ ...pair, commonName: 'x', notBefore: now, notAfter });
    for (const text of [pem, pem.replaceAll('\n', '\r\n'), pem.replaceAll('\n', String.raw`\n`)]) {
      assert.equal(Date.parse(readCertificate(text, 'publicKey').validTo), notAfter);
    }
    assert.throws(() => readCertificate(publicKey, 'publicKey'), /holds a damaged certificate or/);
  });
});
