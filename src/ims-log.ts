import type { ImsEvent } from './ims/index.ts';
import type { Logger } from './log.ts';

/** Logs what operators want to know of a credential. No event holds a secret. */
export function logImsEvent(event: ImsEvent, logger: Logger | undefined): void {
  switch (event.type) {
    case 'renewed': {
      const { type, ...rest } = event;
      logger?.info({ event: type, ...rest }, 'token of AEM renewed');
      break;
    }
    case 'renewal_failed': {
      const { credential, error, validForMs } = event;
      logger?.error({ credential, code: error.code, validForMs }, error.message);
      break;
    }
    case 'certificate_ends': {
      const { credential, notAfter } = event;
      const day = new Date(notAfter).toISOString().slice(0, 10);
      logger?.warn(
        { credential, notAfter },
        `the certificate of ${credential} ends on ${day}: add a new one in the AEM Developer Console`,
      );
      break;
    }
    case 'credentials_changed':
      logger?.info({ credential: event.credential, ready: event.ready }, 'credential changed');
      break;
    case 'credentials_warning':
      logger?.warn({ code: event.error.code }, event.error.message);
  }
}
