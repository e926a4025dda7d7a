import type { Title } from '../aem/index.ts';

/** A play about to begin: Adobe has permitted it, or the title is free. */
export interface PlayRequest {
  title: Title;
  app: string;
  /** As the caller named the device. */
  deviceId: string;
  /** The TV's address, for rules of geography. */
  ip: string;
  /** Absent for free titles. */
  mvpd?: string;
}

/** Why the programmer says no. `code` is for apps, `message` for people. */
export interface Refusal {
  code: string;
  message: string;
}

/**
 * The programmer's own rules: geography, blackout, concurrency, a title taken down this minute. Asked
 * after Adobe's permit and before the media token is given out, so that a stream is counted only when
 * it may begin.
 */
export type PlayRules = (
  request: PlayRequest,
  signal: AbortSignal,
) => Refusal | undefined | Promise<Refusal | undefined>;

/**
 * Asks the rules, for so long and no longer. Rules that fail or don't answer refuse: a blackout must
 * not end with the service that knows of it.
 */
export async function refusedBy(
  rules: PlayRules | undefined,
  request: PlayRequest,
  withinMs: number,
): Promise<Refusal | undefined> {
  if (!rules) return undefined;
  const signal = AbortSignal.timeout(withinMs);
  const unanswered = new Promise<Refusal>((resolve) => {
    const refuse = () => resolve(failed('did not answer in time'));
    signal.addEventListener('abort', refuse, { once: true });
  });
  const answer = (async () => rules(request, signal))().catch(() => failed('failed'));
  return Promise.race([answer, unanswered]);
}

function failed(what: string): Refusal {
  return { code: 'rules_failed', message: `the rules for this play ${what}: try again` };
}
