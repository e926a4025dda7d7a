import type { AdobePass } from '../adobe-pass/index.ts';
import type { App, Config } from '../config.ts';
import type { KeyRing } from '../sealing/index.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What activities need from the process that runs them; wired in `worker.ts`, replaced in tests. */
export interface Dependencies {
  adobePass: AdobePass;
  keys: KeyRing;
  /** The configured app, or a failure that names the unknown one. */
  app: (name: string) => App;
  config: Pick<
    Config,
    | 'pollIntervalMs'
    | 'sameScreenFallbackMs'
    | 'automaticSessions'
    | 'presenceWindowMs'
    | 'timeBudgetMs'
    | 'preauthorizeChunk'
    | 'preauthorizeLimits'
    | 'continueAsNewAfterEvents'
    | 'lives'
    | 'metadataAfterAuthorize'
  >;
  /** Who waits for a login in this process. */
  room: WaitingRoom;
}
