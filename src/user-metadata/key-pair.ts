import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** Where a certificate that Adobe has is kept, and the key that belongs to it. */
export interface KeyPairFiles {
  certificateFile: string;
  /** Absent where nothing is opened: workers and gateways only watch over the certificate. */
  privateKeyFile?: string | undefined;
  /** Adobe encrypts with it no more, but profiles from before are not over yet. */
  retired?: boolean | undefined;
}

/** What there is of a pair, and what is wrong with it in words for operators. */
export interface KeyPair extends KeyPairFiles {
  certificate?: X509Certificate;
  privateKey?: KeyObject;
  problems: string[];
}

const LEAST_BITS = 2_048;

/** Reads what can be read: one broken file must not cost the viewer what another key opens. */
export function readKeyPair(files: KeyPairFiles): KeyPair {
  const { certificateFile, privateKeyFile } = files;
  const problems: string[] = [];
  const read = <T>(file: string, what: string, parse: (pem: string) => T): T | undefined => {
    try {
      const pem = readFileSync(file, 'utf8');
      try {
        return parse(pem);
      } catch {
        // OpenSSL's messages help nobody, and the text may be a key.
        problems.push(`${file} is not ${what}: give a PEM file`);
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
      problems.push(`${file} can't be read (${code})`);
    }
    return undefined;
  };
  const certificate = read(certificateFile, 'a certificate', (pem) => new X509Certificate(pem));
  const privateKey =
    privateKeyFile === undefined
      ? undefined
      : read(privateKeyFile, 'a private key without passphrase', (pem) => rsaKey(pem));
  if (privateKeyFile !== undefined && privateKey) {
    const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < LEAST_BITS) problems.push(`${privateKeyFile} has ${bits} bits: Adobe asks for 2048`);
    if (certificate?.checkPrivateKey(privateKey) === false) {
      problems.push(`${privateKeyFile} does not belong to ${certificateFile}`);
    }
    if (isOpenToAll(privateKeyFile)) {
      problems.push(`${privateKeyFile} can be read by everybody: chmod 600`);
    }
  }
  return {
    ...files,
    problems,
    ...(certificate ? { certificate } : {}),
    ...(privateKey ? { privateKey } : {}),
  };
}

function rsaKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('not RSA');
  return key;
}

/** By its group alone it may well be read: so Kubernetes mounts secrets. */
function isOpenToAll(file: string): boolean {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  return process.platform !== 'win32' && (mode & 0o004) !== 0;
}
