import { createHmac, randomUUID } from 'node:crypto';
import type { State } from './state.ts';

/** The `token` of a permit ("Media tokens"). */
export interface MediaToken {
  notBefore: number;
  notAfter: number;
  serializedToken: string;
}

/** A new short media token. Like Adobe's it is no JWT but Base64 of a signed XML-like text. */
export function mediaToken(
  state: State,
  claims: { serviceProvider: string; mvpd: string; resource: string },
): MediaToken {
  const notBefore = Date.now();
  const ttl = state.settings.mediaTokenLifeMs;
  const body = [
    '<authToken>',
    `<sessionGUID>${randomUUID()}</sessionGUID>`,
    `<requestorID>${claims.serviceProvider}</requestorID>`,
    `<resourceID>${claims.resource.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</resourceID>`,
    `<ttl>${String(ttl)}</ttl>`,
    `<issueTime>${new Date(notBefore).toISOString()}</issueTime>`,
    `<mvpdId>${claims.mvpd}</mvpdId>`,
    '</authToken>',
  ].join('');
  const signature = createHmac('sha256', 'sandbox media tokens').update(body).digest('base64');
  const text = `<signatureInfo>${signature}</signatureInfo>${body}`;
  const serializedToken = Buffer.from(text).toString('base64');
  state.secrets.add(serializedToken);
  return { notBefore, notAfter: notBefore + ttl, serializedToken };
}
