import { createHmac, randomUUID } from 'node:crypto';
import { fromBase64 } from './base64.ts';
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
    `<resourceID>${escaped(claims.resource)}</resourceID>`,
    `<ttl>${String(ttl)}</ttl>`,
    `<issueTime>${new Date(notBefore).toISOString()}</issueTime>`,
    `<mvpdId>${claims.mvpd}</mvpdId>`,
    '</authToken>',
  ].join('');
  const text = `<signatureInfo>${signatureOf(body)}</signatureInfo>${body}`;
  const serializedToken = Buffer.from(text).toString('base64');
  state.secrets.add(serializedToken);
  return { notBefore, notAfter: notBefore + ttl, serializedToken };
}

/** What a side-car with Adobe's verifier answers ("Media tokens", results of the verifier). */
export type Verification = { valid: true } | { valid: false; reason: string };

/** Stands in for that side-car: format, signature, channel, time, then the resource. */
export function verifyMediaToken(asked: {
  token: string;
  resource: string;
  serviceProvider?: string | undefined;
}): Verification {
  const text = fromBase64(asked.token) ?? '';
  const [, signature, body] =
    /^<signatureInfo>([^<]*)<\/signatureInfo>(<authToken>.*<\/authToken>)$/s.exec(text) ?? [];
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body ?? '')?.[1];
  const endsAt = Date.parse(field('issueTime') ?? '') + Number(field('ttl'));
  if (body === undefined || Number.isNaN(endsAt)) return invalid('INVALID_TOKEN_FORMAT');
  if (signature !== signatureOf(body)) return invalid('INVALID_SIGNATURE');
  const { resource, serviceProvider } = asked;
  // Adobe's page names no result for another channel.
  if (serviceProvider !== undefined && field('requestorID') !== serviceProvider) {
    return invalid('ERROR_UNKNOWN');
  }
  if (endsAt <= Date.now()) return invalid('TOKEN_EXPIRED');
  if (field('resourceID') !== escaped(resource)) return invalid('INVALID_RESOURCE_ID');
  return { valid: true };
}

function invalid(reason: string): Verification {
  return { valid: false, reason };
}

function signatureOf(body: string): string {
  return createHmac('sha256', 'sandbox media tokens').update(body).digest('base64');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
