import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { credentialError } from './errors.ts';

const armour = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/;
const asDownloaded = 'give it as the Developer Console wrote it';

/**
 * Reads the private key of service credentials: PKCS#1 or PKCS#8, with any line ends, `\n` written
 * out, on one line, indented, in quotes, or as base64 of the whole (reference, section 2).
 *
 * @throws ImsError `invalid_private_key`, without any part of the key
 */
export function readPrivateKey(text: string, path: string): KeyObject {
  const bad = (what: string) => credentialError('invalid_private_key', asDownloaded, what);
  if (/Proc-Type: *4,ENCRYPTED|ENCRYPTED PRIVATE KEY/.test(text)) {
    throw bad(`${path} is protected by a passphrase`);
  }
  const block = unwrap(text);
  if (!block?.label.endsWith('PRIVATE KEY')) {
    throw bad(block ? `${path} holds a ${block.label}` : `${path} is no PEM`);
  }
  const key = attempt(() => createPrivateKey(block.pem));
  if (!key) throw bad(`${path} is damaged: not a key inside`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa') throw bad(`${path} is not an RSA key`);
  if (bits < 2048) throw bad(`${path} has ${bits} bits: RS256 needs 2048`);
  return key;
}

/**
 * Reads the certificate, which service credentials call `publicKey`.
 *
 * @throws ImsError `invalid_certificate`
 */
export function readCertificate(text: string, path: string): X509Certificate {
  const block = unwrap(text);
  const certificate =
    block?.label === 'CERTIFICATE' ? attempt(() => new X509Certificate(block.pem)) : undefined;
  if (certificate) return certificate;
  const found = block ? `holds a damaged certificate or a ${block.label}` : 'is no PEM';
  throw credentialError('invalid_certificate', asDownloaded, `${path} ${found}`);
}

/** Undoes what editors, shells, YAML and environments do to a PEM. */
function unwrap(given: string, nested = false): { label: string; pem: string } | undefined {
  const text = given.replaceAll(/\\+r|\\+n/g, '\n').replaceAll(/["']/g, '');
  const [, label, body] = armour.exec(text) ?? [];
  if (label !== undefined && body !== undefined) {
    const lines = body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? [];
    return {
      label,
      pem: `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`,
    };
  }
  return nested ? undefined : unwrap(Buffer.from(text, 'base64').toString('latin1'), true);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // OpenSSL's messages don't help a person ("DECODER routines::unsupported").
    return undefined;
  }
}
