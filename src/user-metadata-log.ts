import type { Logger } from './log.ts';
import {
  type CertificateEvent,
  UserMetadataKeys,
  watchCertificates,
} from './user-metadata/index.ts';

/**
 * Watches over the certificates that Adobe encrypts user metadata with, in processes that open none of
 * it: they read no private key. What is wrong with one is logged and hinders nothing else.
 *
 * @throws ConfigError where the file of them can't be read, or is no such file
 */
export function watchOverCertificates(
  { userMetadataFile }: { userMetadataFile?: string },
  logger: Logger | undefined,
): { stop: () => void } {
  if (userMetadataFile === undefined) return { stop: () => {} };
  const keys = new UserMetadataKeys(userMetadataFile, { privateKeys: false });
  return watchCertificates(keys, (event) => logCertificateEvent(event, logger));
}

/** Logs what operators want to know of certificates for user metadata. No event holds a secret. */
export function logCertificateEvent(event: CertificateEvent, logger: Logger | undefined): void {
  switch (event.type) {
    case 'certificate_ends': {
      const { owner, certificateFile, notAfter } = event;
      const day = new Date(notAfter).toISOString().slice(0, 10);
      logger?.warn(
        { owner, certificateFile, notAfter },
        `the certificate ${certificateFile} of ${owner} ends on ${day}: give Adobe a new one as backup, then let it be the current one`,
      );
      break;
    }
    case 'key_problem': {
      const { owner, certificateFile, message } = event;
      logger?.error({ owner, certificateFile }, `user metadata of ${owner}: ${message}`);
      break;
    }
    case 'settings_problem':
      logger?.error(`keys for user metadata stay as they were: ${event.message}`);
  }
}
