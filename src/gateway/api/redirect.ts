import type { Client } from '../clients.ts';
import { Problem } from './problem.ts';

/**
 * An app's own host, as its statement names it: we send no viewer anywhere else.
 *
 * @throws Problem 400 `invalid_request`
 */
export function checkRedirect({ redirectHosts }: Client, redirectUrl: string): void {
  const { protocol, hostname } = new URL(redirectUrl);
  if (protocol === 'https:' && redirectHosts.includes(hostname)) return;
  throw new Problem(
    400,
    'invalid_request',
    `redirectUrl must be https on a host of the software statement (${redirectHosts.join(', ') || 'it names none'})`,
  );
}
