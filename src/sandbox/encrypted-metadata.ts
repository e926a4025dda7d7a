import { constants, type KeyObject, publicEncrypt, X509Certificate } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import type { ProfileView } from './adobe-profile.ts';
import type { MetadataEncryption, State } from './state.ts';

/** Encrypts what is to be encrypted of profiles by MVPD, with the certificate of now. */
export async function encrypted(
  profiles: Record<string, ProfileView>,
  state: State,
): Promise<Record<string, ProfileView>> {
  const all = Object.entries(profiles).map(async ([mvpd, profile]) => {
    const encryption = state.encryptions.get(mvpd);
    return [mvpd, encryption ? await encryptedProfile(profile, encryption) : profile] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

async function encryptedProfile(
  profile: ProfileView,
  { certificate, scheme, attributes: names = ['zip'], odd = false }: MetadataEncryption,
): Promise<ProfileView> {
  const key = new X509Certificate(certificate).publicKey;
  const attributes = { ...profile.attributes };
  for (const name of names) {
    const clear = attributes[name]?.value;
    if (clear === undefined) continue;
    const text = typeof clear === 'string' ? clear : JSON.stringify(clear);
    const value = await encryptedText(scheme, key, text);
    delete attributes[name];
    if (odd) attributes[name.toUpperCase()] = { value: inLines(value), state: 'ENC ' };
    else attributes[name] = { value, state: 'enc' };
  }
  if (!odd) return { ...profile, attributes };
  const { notBefore, notAfter } = profile;
  return { ...profile, attributes, notBefore: `${notBefore}`, notAfter: `${notAfter}` };
}

async function encryptedText(
  scheme: MetadataEncryption['scheme'],
  key: KeyObject,
  text: string,
): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  const { RSA_PKCS1_OAEP_PADDING: oaep, RSA_PKCS1_PADDING: pkcs1 } = constants;
  switch (scheme) {
    case 'rsa-oaep':
      return publicEncrypt({ key, padding: oaep, oaepHash: 'sha1' }, bytes).toString('base64');
    case 'rsa-oaep-256':
      return publicEncrypt({ key, padding: oaep, oaepHash: 'sha256' }, bytes).toString('base64');
    case 'rsa-pkcs1':
      return publicEncrypt({ key, padding: pkcs1 }, bytes).toString('base64');
    case 'jwe':
      return new CompactEncrypt(bytes)
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
        .encrypt(key);
  }
}

/** As MIME encoders write Base64, and with a blank at the end. */
function inLines(value: string): string {
  return `${value.replaceAll(/.{76}/g, '$&\r\n')} `;
}
