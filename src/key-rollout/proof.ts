import { createHmac, randomBytes } from 'node:crypto';
import type { Http } from '../http/index.ts';
import type { AemHost } from './host.ts';
import { currentUser, decoded } from './login-token.ts';

/** Whether one instance honours a login of another (or its own, the control). */
export interface Direction {
  from: string;
  to: string;
  honoured: boolean;
}

/** What an instance must not honour; `true` where it did not. */
export interface Controls {
  noCookie: boolean;
  tampered: boolean;
  foreignKey: boolean;
}

/**
 * Shows that the instance refuses something at all: without these a proof would also hold on an
 * instance that lets everybody in.
 */
export async function negativeControls(
  host: AemHost,
  http: Http,
  token: string,
): Promise<Controls> {
  const refuses = async (cookie?: string) => (await currentUser(host, http, cookie)) === undefined;
  return {
    noCookie: await refuses(),
    tampered: await refuses(tampered(token)),
    foreignKey: await refuses(signedElsewhere(token)),
  };
}

/** The same token with one letter of its signature changed. */
export function tampered(token: string): string {
  return token.replace(
    /(\.[\w-]+\.)([\w-])/,
    (_all, before: string, letter: string) => before + (letter === 'A' ? 'B' : 'A'),
  );
}

/** The same token as an instance with a key of its own would have signed it. */
export function signedElsewhere(token: string): string {
  const [kind = '', jwt = '', ...rest] = decoded(token).split(':');
  const signed = jwt.split('.').slice(0, 2).join('.');
  const signature = createHmac('sha256', randomBytes(32)).update(signed).digest('base64url');
  return encodeURIComponent([kind, `${signed}.${signature}`, ...rest].join(':'));
}
