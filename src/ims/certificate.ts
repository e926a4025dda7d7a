import type { Credentials } from './credentials.ts';
import { nameOf } from './name.ts';
import type { Settings } from './options.ts';

const dayMs = 24 * 3_600_000;

/** End of the credential's certificate, and with it of the credential, epoch milliseconds. */
export function certificateEnd(credentials: Credentials): number | undefined {
  if (credentials.kind !== 'service-jwt' || !credentials.certificate) return undefined;
  return Date.parse(credentials.certificate.validTo);
}

/**
 * Warns 30, 7 and 1 day before the end of the certificate, and when it has ended; each once. It
 * never refuses to try: the clock that is wrong may be the one of this host.
 */
export function createCertificateWatch(
  credentials: Credentials,
  { clock, onEvent }: Pick<Settings, 'clock' | 'onEvent'>,
): () => void {
  const notAfter = certificateEnd(credentials);
  let warned = Infinity;
  return () => {
    if (notAfter === undefined) return;
    const leftMs = notAfter - clock.now();
    const withinDays = ([0, 1, 7, 30] as const).find((days) => leftMs <= days * dayMs);
    if (withinDays === undefined || withinDays >= warned) return;
    warned = withinDays;
    const credential = nameOf(credentials);
    onEvent({ type: 'certificate_ends', credential, notAfter, withinDays });
  };
}
