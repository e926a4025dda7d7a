import { generateKeyPairSync, sign } from 'node:crypto';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Device, registerDevice } from './device.ts';

/** Service tokens, made without any code of ours. */
export function createTokens() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    headers(sub: string, claims: Record<string, unknown> = {}): Record<string, string> {
      const iat = Math.floor(Date.now() / 1_000);
      const all = { iss: 'identity', sub, aud: 'adobe', iat, exp: iat + 3_600, ...claims };
      const signed = `${part({ alg: 'RS256' })}.${part(all)}`;
      const signature = sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url');
      return { 'AD-Service-Token': `${signed}.${signature}` };
    },
  };
}

/** Signs the viewer in with another app; single sign-on is on from then on. */
export async function signInAnotherApp(
  { sandbox }: Device,
  tokens: ReturnType<typeof createTokens>,
  subject: string,
): Promise<void> {
  const mvpd = 'NorthCable';
  sandbox.registerServiceTokenKey({ publicKey: tokens.publicKey });
  sandbox.switchServiceTokenSso({ mvpd });
  const app = await registerDevice(sandbox);
  const fields = { mvpd, domainName: 'example.com', redirectUrl: 'https://tv.example/done' };
  const { json } = await app.form('/REF30/sessions', fields, { headers: tokens.headers(subject) });
  await signInAsViewer(new URL(String(json.url), sandbox.url).href);
}
