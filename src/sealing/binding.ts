import { createHash } from 'node:crypto';

/** What a sealed value may be used as. */
export type Purpose =
  | 'credentials'
  | 'access-token'
  | 'network'
  | 'place'
  | 'temppass-identity'
  | 'viewer-tokens'
  | 'roku-subscriber'
  | 'household'
  | 'tv-name'
  | 'saml-request'
  | 'saml-response'
  | 'profile'
  | 'session'
  | 'redirect'
  | 'media-token'
  | 'state'
  | 'handle'
  | 'management-credentials'
  | 'aem-keys'
  | 'aem-login'
  | 'aem-order';

/**
 * What a value is sealed for. Whoever has Temporal can copy a sealed value anywhere; it opens only
 * for the same purpose and owner.
 */
export interface Binding {
  purpose: Purpose;
  /** Whose it is, and what else has to be the same where it is opened. */
  owner: readonly string[];
}

/** The binding of what belongs to one device, or to an app's second screens. */
export function ofDevice(
  purpose: Purpose,
  { app, deviceId }: { app: string; deviceId: string },
  ...same: string[]
): Binding {
  return { purpose, owner: [app, deviceId, ...same] };
}

/** Of a code, and of the page to sign in with it: no other is shown for the device. */
export function ofSession(
  whose: { app: string; deviceId: string },
  { code, url = '' }: { code: string; url?: string },
): Binding {
  return ofDevice('session', whose, code, url);
}

/** Of what a promotional TempPass knows a viewer by: it opens for no other provider. */
export function ofTrialOf(whose: { app: string; deviceId: string }, mvpd: string): Binding {
  return ofDevice('temppass-identity', whose, mvpd);
}

/** The same before it is known which of the app's trials the viewer gets. */
export function ofAnyTrialOf(whose: { app: string; deviceId: string }): Binding {
  return ofDevice('temppass-identity', whose);
}

/** Of the credentials with which an app's TempPass is reset: of its service provider, whatever the TempPass. */
export function ofManagement(serviceProvider: string): Binding {
  return { purpose: 'management-credentials', owner: [serviceProvider] };
}

/** Of a profile: its metadata opens for nobody else's, for no other provider and no longer life. */
export function ofProfile(
  whose: { app: string; deviceId: string },
  { mvpd, notAfter }: { mvpd: string; notAfter: number },
): Binding {
  return ofDevice('profile', whose, mvpd, String(notAfter));
}

/**
 * The binding as it stands in a sealed value's protected header: who reads it learns the purpose, and
 * no owner. 128 bits of SHA-256, for handles travel in URLs.
 */
export function boundTo({ purpose, owner }: Binding): string {
  if (owner.length === 0) return purpose;
  const digest = createHash('sha256').update(JSON.stringify(owner)).digest();
  return `${purpose}.${digest.subarray(0, 16).toString('base64url')}`;
}

/**
 * Whether a value that was sealed before values had bindings may stand for this: only what lived on
 * in the workflows of then, never what could be made up since.
 */
export function mayBeUnbound({ purpose }: Binding): boolean {
  return OLD_PURPOSES.has(purpose);
}

const OLD_PURPOSES = new Set<Purpose>(['credentials', 'access-token', 'network', 'profile']);
