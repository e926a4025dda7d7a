import type { KeyPair } from './key-pair.ts';
import type { OwnedKeys, UserMetadataKeys } from './keys.ts';

const DAY_MS = 24 * 3_600_000;
const LOOK_EVERY_MS = 3_600_000;

/** How a certificate is, for operators; nothing in it is secret. */
export interface CertificateStatus {
  owner: string;
  scheme: string;
  certificateFile: string;
  /** Whether this process has a key that it could read. */
  hasPrivateKey: boolean;
  retired: boolean;
  serialNumber?: string;
  /** SHA-256 of the certificate, to be compared with what Adobe was given. */
  fingerprint?: string;
  /** Epoch milliseconds. */
  notAfter?: number;
  /** Whole days until then; negative when it has ended. */
  daysLeft?: number;
  problems: string[];
}

/** What operators should know of the certificates. */
export type CertificateEvent =
  | {
      type: 'certificate_ends';
      owner: string;
      certificateFile: string;
      /** Epoch milliseconds. */
      notAfter: number;
      /** The warning that this is: 30, 7 or 1 day before, 0 when it has ended. */
      withinDays: 30 | 7 | 1 | 0;
    }
  | { type: 'key_problem'; owner: string; certificateFile: string; message: string }
  /** The file of settings changed and can't be used: the former one stays in use. */
  | { type: 'settings_problem'; message: string };

/** The status of every certificate. */
export function certificateStatuses(owned: readonly OwnedKeys[], now: number): CertificateStatus[] {
  return owned.flatMap(({ owner, scheme, pairs }) =>
    pairs.map((pair) => {
      const { certificate, certificateFile, privateKey, retired = false, problems } = pair;
      const notAfter = endOf(pair);
      return {
        owner,
        scheme,
        certificateFile,
        hasPrivateKey: privateKey !== undefined,
        retired,
        ...(certificate
          ? { serialNumber: certificate.serialNumber, fingerprint: certificate.fingerprint256 }
          : {}),
        ...(notAfter === undefined
          ? {}
          : { notAfter, daysLeft: Math.floor((notAfter - now) / DAY_MS) }),
        problems,
      };
    }),
  );
}

/**
 * Warns 30, 7 and 1 day before the end of a certificate that Adobe encrypts with, and when it has ended,
 * each once; and of each problem with its files once. What is encrypted with a certificate that has
 * ended is opened all the same.
 *
 * @returns looks once more
 */
export function createCertificateWatch(
  keys: UserMetadataKeys,
  onEvent: (event: CertificateEvent) => void,
  now: () => number = Date.now,
): () => void {
  const warned = new Map<string, number>();
  let told = new Set<string>();
  return () => {
    const { owned, problem } = keys.all();
    const problems = new Set<string>();
    const once = (id: string, event: CertificateEvent) => {
      problems.add(id);
      if (!told.has(id)) onEvent(event);
    };
    if (problem !== undefined) once(problem, { type: 'settings_problem', message: problem });
    for (const { owner, pairs } of owned) {
      for (const pair of pairs) {
        const { certificateFile } = pair;
        for (const message of pair.problems) {
          once(`${owner} ${message}`, { type: 'key_problem', owner, certificateFile, message });
        }
        const notAfter = endOf(pair);
        if (notAfter === undefined || pair.retired) continue;
        const withinDays = ([0, 1, 7, 30] as const).find(
          (days) => notAfter - now() <= days * DAY_MS,
        );
        // Another certificate in the same file is warned of anew.
        const id = `${owner} ${pair.certificate?.fingerprint256}`;
        if (withinDays === undefined || withinDays >= (warned.get(id) ?? Infinity)) continue;
        warned.set(id, withinDays);
        onEvent({ type: 'certificate_ends', owner, certificateFile, notAfter, withinDays });
      }
    }
    // One that is mended, and breaks again, is told again.
    told = problems;
  };
}

/** Looks at once and every hour, until it is stopped. */
export function watchCertificates(
  keys: UserMetadataKeys,
  onEvent: (event: CertificateEvent) => void,
): { stop: () => void } {
  const look = createCertificateWatch(keys, onEvent);
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Epoch milliseconds. */
function endOf({ certificate }: KeyPair): number | undefined {
  return certificate && Date.parse(certificate.validTo);
}
