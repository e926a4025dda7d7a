import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { generateServiceTokenKey, ServiceTokens } from '../../src/service-tokens/index.ts';

export const ISSUER = 'identity.example.com';

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
/** Whom gateways believe that only show what they can do. */
export const bySubject = new ServiceTokens({
  issuer: ISSUER,
  publicKeys: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
});

/** The programmer's identity service, which signs tokens as it likes. */
export class IdentityService {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly keyId: string;
  readonly #key: KeyObject;

  private constructor(pair: Awaited<ReturnType<typeof generateServiceTokenKey>>) {
    this.publicKey = pair.publicKey;
    this.privateKey = pair.privateKey;
    this.keyId = pair.keyId;
    this.#key = createPrivateKey(pair.privateKey);
  }

  static async open(): Promise<IdentityService> {
    return new IdentityService(await generateServiceTokenKey());
  }

  /** Hands its key to Adobe, and has single sign-on switched on for a provider. */
  register(sandbox: Sandbox, mvpd = 'NorthCable'): void {
    sandbox.registerServiceTokenKey({ publicKey: this.publicKey, kid: this.keyId });
    sandbox.switchServiceTokenSso({ mvpd });
  }

  /** @param claims - replace the usual ones; null leaves one out */
  token(
    sub: string,
    claims: Record<string, unknown> = {},
    { alg = 'RS256', key = this.#key }: { alg?: string; key?: KeyObject | Uint8Array } = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: ISSUER, sub, aud: 'Adobe', iat: now, exp: now + 3_600, jti: 'one' };
    const all = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== null);
    return new SignJWT(Object.fromEntries(all))
      .setProtectedHeader({ alg, kid: this.keyId })
      .sign(key);
  }
}
