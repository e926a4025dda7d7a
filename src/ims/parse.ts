import { claimedExpiry } from './claims.ts';
import type { Credentials, ServiceJwt } from './credentials.ts';
import { detect } from './detect.ts';
import type { Detected } from './detect.ts';
import { credentialError } from './errors.ts';
import { readCertificate, readPrivateKey } from './pem.ts';
import { Secret } from './secret.ts';
import {
  aemOauthShape,
  basicShape,
  developerConsoleShape,
  localTokenShape,
  serviceJwtShape,
} from './shapes.ts';

/** How to read a credential. */
export interface ParseOptions {
  /** When it was written, epoch milliseconds: the latest start of a local development token. */
  writtenAt: number;
  /** IMS for Developer Console OAuth, whose JSON names none. Default `ims-na1.adobelogin.com`. */
  imsEndpoint?: string;
  /** Which to take, should a file be both service and OAuth credentials. Default `aem-oauth`. */
  prefer?: 'service-jwt' | 'aem-oauth';
}

const dayMs = 24 * 3_600_000;

/**
 * Reads a credential JSON, also as base64.
 *
 * @throws ImsError about the credential; no message repeats a value from it
 */
export function parseCredentials(text: string, options: ParseOptions): Credentials {
  return build(detect(readJson(text), options.prefer), options);
}

function build({ kind, fields, prefix }: Detected, options: ParseOptions): Credentials {
  switch (kind) {
    case 'local-token': {
      const token = localTokenShape.parse(fields).accessToken;
      const expiresAt = Math.min(
        claimedExpiry(token) ?? Infinity,
        // The file doesn't tell; no such token lives longer (reference, 1.4).
        options.writtenAt + dayMs,
      );
      return { kind, token: new Secret(token), expiresAt };
    }
    case 'basic': {
      const { username, password } = basicShape.parse(fields);
      return { kind, username, password: new Secret(password) };
    }
    case 'service-jwt':
      return serviceJwt(fields, prefix);
    case 'aem-oauth': {
      const { technicalAccount, revoked, ...rest } = aemOauthShape.parse(fields);
      if (revoked) {
        throw credentialError('credentials_revoked', 'download those that replaced them');
      }
      const { clientId, clientSecret } = technicalAccount;
      return { kind, ...rest, clientId, clientSecrets: [new Secret(clientSecret)] };
    }
    case 'developer-console-oauth': {
      const shape = developerConsoleShape.parse(fields);
      return {
        kind,
        imsEndpoint: options.imsEndpoint ?? 'ims-na1.adobelogin.com',
        scopes: shape.scopes,
        clientId: shape.client_id,
        clientSecrets: shape.client_secrets.map((secret) => new Secret(secret)),
        email: shape.technical_account_email,
        id: shape.technical_account_id,
        org: shape.ims_org_id ?? shape.org_id,
      };
    }
  }
}

function serviceJwt(fields: object, prefix: string): ServiceJwt {
  const { technicalAccount, publicKey, ...rest } = serviceJwtShape.parse(fields);
  const privateKey = readPrivateKey(rest.privateKey, `${prefix}privateKey`);
  const certificate = publicKey ? readCertificate(publicKey, `${prefix}publicKey`) : undefined;
  if (certificate && !certificate.checkPrivateKey(privateKey)) {
    throw credentialError(
      'key_mismatch',
      'two downloads got mixed: give one file as the Developer Console wrote it',
      `${prefix}privateKey does not belong to the certificate in ${prefix}publicKey`,
    );
  }
  const { clientId, clientSecret } = technicalAccount;
  const clientSecrets = [new Secret(clientSecret)];
  return { ...rest, kind: 'service-jwt', clientId, clientSecrets, privateKey, certificate };
}

function readJson(given: string): unknown {
  const text = given.replace(/^\uFEFF/, '').trim();
  const decoded = text.startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8');
  try {
    return JSON.parse(decoded);
  } catch {
    // The parser's message would repeat a piece of the text.
    throw credentialError(
      'unknown_credentials',
      'check its syntax, or download it again',
      'it is not JSON',
    );
  }
}
