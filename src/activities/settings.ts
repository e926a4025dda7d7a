import type { Dependencies } from './dependencies.ts';

/** What the workflow has to know of the worker's settings; read anew with each `authenticate`. */
export interface LifecycleSettings {
  serviceProvider: string;
  domainName: string;
  redirectUrl: string;
  pollIntervalMs: number;
  sameScreenFallbackMs: number;
  automaticSessions: { rule: 'present' | 'always' | 'never'; limit: number };
  presenceWindowMs: number;
  timeBudgetMs: number;
  continueAsNewAfterEvents: number;
  /** After so long without a word of a device that is signed out its life ends. */
  lives: { neverSignedInMs: number; signedOutMs: number };
}

/** @throws ApplicationFailure `unknown_app` when no app of that name is configured. */
export function lifecycleSettings(
  { app, config }: Pick<Dependencies, 'app' | 'config'>,
  name: string,
): LifecycleSettings {
  const { serviceProvider, domainName, redirectUrl } = app(name);
  return {
    serviceProvider,
    domainName,
    redirectUrl,
    pollIntervalMs: config.pollIntervalMs,
    sameScreenFallbackMs: config.sameScreenFallbackMs,
    automaticSessions: config.automaticSessions,
    presenceWindowMs: config.presenceWindowMs,
    timeBudgetMs: config.timeBudgetMs,
    continueAsNewAfterEvents: config.continueAsNewAfterEvents,
    lives: config.lives,
  };
}
