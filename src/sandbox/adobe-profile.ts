import { createHash } from 'node:crypto';
import type { Attribute, State } from './state.ts';

/** A profile as the profiles calls print it; times are numbers here, but for odd MVPDs. */
export interface ProfileView {
  notBefore: number | string;
  notAfter: number | string;
  issuer: string;
  type: 'regular' | 'degraded' | 'temporary' | 'appleSSO' | 'platformSSO' | 'serviceTokenSSO';
  attributes: Record<string, Attribute>;
}

/** A profile of Adobe's own making. */
export function adobeProfile(
  state: State,
  type: 'temporary' | 'degraded',
  notBefore: number,
  notAfter: number,
  attributes: Record<string, Attribute>,
): ProfileView {
  rememberAttributes(state, attributes);
  return { notBefore, notAfter, issuer: 'Adobe', type, attributes };
}

/** Base64 of a hash. */
export function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/** Keeps what must not get out. Ratings and times are left out: they say nothing of the viewer and occur everywhere. */
export function rememberAttributes(state: State, attributes: Record<string, Attribute>): void {
  for (const { value } of Object.values(attributes)) {
    if (typeof value === 'string') state.secrets.add(value);
  }
}
