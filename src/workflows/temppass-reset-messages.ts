import type { ManagementCredentials } from '../adobe-management/index.ts';
import type { Sealed } from '../sealing/index.ts';

/** Whose trials begin anew: those of all devices. */
export interface TempPassResetRequest {
  app: string;
  mvpd: string;
  /** By the identities of a promotional TempPass, instead of devices. */
  promotional?: true;
}

export interface TempPassResetDone {
  /** To be used the next time: who registers each night has a new client each night. */
  credentials: Sealed<ManagementCredentials>;
}

/** What a reset leaves behind. Temporal hands it to the next of its Schedule. */
export interface TempPassResetReport extends TempPassResetRequest, TempPassResetDone {
  /** ms since the epoch */
  at: number;
}
