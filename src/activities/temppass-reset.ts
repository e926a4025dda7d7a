import { ApplicationFailure } from '@temporalio/common';
import {
  type AdobeManagement,
  type ManagementCredentials,
  ManagementError,
} from '../adobe-management/index.ts';
import type { App } from '../config.ts';
import {
  type KeyRing,
  ofManagement,
  open,
  seal,
  type Sealed,
  SealedError,
} from '../sealing/index.ts';
import type {
  TempPassResetRequest,
  TempPassResetDone,
} from '../workflows/temppass-reset-messages.ts';
import { applicationFailure } from './failures.ts';

interface Dependencies {
  management: AdobeManagement;
  keys: KeyRing;
  /** The configured app, or a failure that names the unknown one. */
  app: (name: string) => App;
}

/** Resets of trials at Adobe's management API. */
export function temppassResetActivities({ management, keys, app }: Dependencies) {
  return {
    /** Resets a TempPass for all; the credentials come back sealed, for the next time. */
    async resetTempPass(
      { app: name, mvpd, promotional }: TempPassResetRequest,
      known?: Sealed<ManagementCredentials>,
    ): Promise<TempPassResetDone> {
      const { serviceProvider } = app(name);
      const before = known && (await openedOrNone(keys, known, serviceProvider));
      try {
        const credentials = await management.resetTempPass(
          {
            requestorId: serviceProvider,
            mvpdId: mvpd,
            of: promotional ? 'all-keys' : 'all-devices',
          },
          before,
        );
        return { credentials: await seal(keys, credentials, ofManagement(serviceProvider)) };
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

export type ManagementActivities = ReturnType<typeof temppassResetActivities>;

/** Sealed with a key that is gone by now, they are registered anew: nobody is signed in with them. */
async function openedOrNone(
  keys: KeyRing,
  known: Sealed<ManagementCredentials>,
  serviceProvider: string,
): Promise<ManagementCredentials | undefined> {
  try {
    return await open(keys, known, ofManagement(serviceProvider));
  } catch (error) {
    if (error instanceof SealedError) return undefined;
    throw error;
  }
}

function failureOf(error: unknown): unknown {
  if (error instanceof ApplicationFailure || !(error instanceof ManagementError)) return error;
  const { code, message, status, retryable } = error;
  const action = retryable ? 'retry' : 'configuration';
  return applicationFailure(code, message, { action, status }, { nonRetryable: !retryable });
}
