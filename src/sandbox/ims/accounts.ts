import { X509Certificate, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { selfSignedCertificate } from './certificate.ts';
import { Refusal } from './refusal.ts';

const dayMs = 24 * 3_600_000;

/** A technical account as IMS knows it. */
export interface Account {
  flow: 'jwt' | 'oauth';
  clientId: string;
  secrets: Set<string>;
  certificates: X509Certificate[];
  /** Metascopes or scopes that it may ask for. */
  scopes: readonly string[];
  id: string;
  org: string;
  email: string;
  /** False: known, but not allowed to ask for tokens. */
  allowed: boolean;
}

/** The accounts of one sandbox. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();
  /** Secrets that were given out. */
  readonly secrets: string[] = [];
  #count = 0;

  add(flow: Account['flow'], scopes: readonly string[]): Account {
    this.#count += 1;
    const hex = randomBytes(12).toString('hex').toUpperCase();
    const account: Account = {
      flow,
      clientId: `cm-p${this.#count}-e${this.#count}-integration`,
      secrets: new Set(),
      certificates: [],
      scopes,
      id: `${hex}@techacct.adobe.com`,
      org: 'A1B2C3D4E5F60718@AdobeOrg',
      email: `${randomUUID()}@techacct.adobe.com`,
      allowed: true,
    };
    this.#accounts.set(account.clientId, account);
    this.addSecret(account.clientId);
    return account;
  }

  /** Throws when there is no such client. */
  named(clientId: string): Account {
    const account = this.#accounts.get(clientId);
    if (!account) throw new Error(`no client ${clientId}`);
    return account;
  }

  addSecret(clientId: string): string {
    const secret = `s8e-${randomBytes(16).toString('hex')}`;
    this.named(clientId).secrets.add(secret);
    this.secrets.push(secret);
    return secret;
  }

  /** A new key pair for the account: the private key and its certificate, in the console's form. */
  addCertificate(
    clientId: string,
    { now, endsAt = now + 365 * dayMs }: { now: number; endsAt?: number },
  ): { privateKey: string; publicKey: string; certificate: X509Certificate } {
    const account = this.named(clientId);
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const notBefore = Math.min(now, endsAt) - dayMs;
    const pem = selfSignedCertificate({
      ...pair,
      commonName: clientId,
      notBefore,
      notAfter: endsAt,
    });
    const certificate = new X509Certificate(pem);
    account.certificates.push(certificate);
    const privateKey = pkcs1(pair.privateKey);
    this.secrets.push(...secretLines(privateKey));
    return { privateKey: crlf(privateKey), publicKey: crlf(pem), certificate };
  }

  /**
   * The account that may ask: known by its id, with one of its secrets, in its own flow (IMS:
   * 400 for an unknown client, 401 for a wrong pair or one that may not ask).
   */
  authenticate(clientId: string, secret: string, flow: Account['flow']): Account {
    const account = this.#accounts.get(clientId);
    if (!account) throw new Refusal(400, 'invalid_client', 'invalid client_id parameter');
    if (!account.secrets.has(secret)) {
      throw new Refusal(401, 'invalid_client', 'invalid client_secret parameter');
    }
    if (account.flow === flow && account.allowed) return account;
    throw flow === 'jwt'
      ? new Refusal(401, 'invalid_client', 'client is not allowed to exchange JWTs')
      : new Refusal(400, 'unauthorized_client', 'client is not allowed this grant type');
  }
}

function pkcs1(key: KeyObject): string {
  return key.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function crlf(pem: string): string {
  return pem.replaceAll('\n', '\r\n');
}

/** Each full line of a PEM body: wherever one of them turns up, the key leaked. */
function secretLines(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length === 64);
}
