import {
  constants,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  X509Certificate,
} from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSignedCertificate } from '../../src/sandbox/ims/index.ts';

const DAY_MS = 24 * 3_600_000;

/** A certificate as the programmer gives it to Adobe, and the files of its pair. */
export interface Pair {
  certificate: string;
  publicKey: KeyObject;
  files: { certificateFile: string; privateKeyFile: string };
}

/** A folder with a programmer's certificates, keys and the file that names them. */
export class KeyFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'devicepass-metadata-'));
  readonly file = join(this.path, 'user-metadata.json');

  pair(name: string, { days = 365, bits = 2_048 } = {}): Pair {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    const notAfter = Date.now() + days * DAY_MS;
    const notBefore = Math.min(Date.now(), notAfter) - DAY_MS;
    const input = { privateKey, publicKey, commonName: name, notBefore, notAfter };
    const certificate = selfSignedCertificate(input);
    const privateKeyFile = this.write(
      `${name}.key`,
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
    return {
      certificate,
      publicKey: new X509Certificate(certificate).publicKey,
      files: { certificateFile: this.write(`${name}.pem`, certificate), privateKeyFile },
    };
  }

  /** @returns the path of a file that only its owner reads */
  write(name: string, text: string, mode = 0o600): string {
    const path = join(this.path, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  /** @returns the path of the file of settings */
  settings(settings: unknown): string {
    return this.write('user-metadata.json', JSON.stringify(settings));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** As Adobe may encrypt: RSA with OAEP and SHA-1, in Base64. */
export function encrypted(key: KeyObject, text: string): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key, padding }, Buffer.from(text)).toString('base64');
}

/** The same with PKCS#1 v1.5. */
export function encryptedPkcs1(key: KeyObject, text: string | Buffer): string {
  const padding = constants.RSA_PKCS1_PADDING;
  return publicEncrypt({ key, padding }, Buffer.from(text)).toString('base64');
}
