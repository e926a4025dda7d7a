import { certificateEnd } from './certificate.ts';
import type { CredentialKind } from './credentials.ts';
import type { Lease } from './lease.ts';
import { nameOf } from './name.ts';

/** A credential as operators and audits see it; nothing in it is secret. */
export interface CredentialStatus {
  kind: CredentialKind;
  /** The AEM user where known, else the client. */
  credential: string;
  /** End of the token at hand, epoch milliseconds. */
  tokenExpiresAt?: number;
  /** End of the certificate, and so of the credential, epoch milliseconds. */
  certificateNotAfter?: number;
  /** Whole days until then; negative when it has ended. */
  certificateDaysLeft?: number;
  /** Code and advice of the last failed attempt. */
  problem?: { code: string; hop: string; hint: string };
}

/** Describes a lease. */
export function statusOf(lease: Lease, now: number): CredentialStatus {
  const { credentials } = lease;
  const token = lease.peek();
  const notAfter = certificateEnd(credentials);
  const error = lease.lastError();
  return {
    kind: credentials.kind,
    credential: nameOf(credentials),
    ...(token && Number.isFinite(token.expiresAt) && { tokenExpiresAt: token.expiresAt }),
    ...(notAfter !== undefined && {
      certificateNotAfter: notAfter,
      certificateDaysLeft: Math.floor((notAfter - now) / (24 * 3_600_000)),
    }),
    ...(error && { problem: { code: error.code, hop: error.hop, hint: error.hint } }),
  };
}
