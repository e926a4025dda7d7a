import type { Title } from '../aem/index.ts';

/**
 * What a viewer may do with a title. `open`: anybody may watch it. `likely`: the channel is
 * permitted, and authorize will decide. `locked`: the provider said no. `unknown`: nobody said
 * anything, so show it as playable and let authorize decide.
 */
export type TitleAccess = 'open' | 'likely' | 'locked' | 'unknown';

/** As much of a decision as is needed here. */
export interface ChannelDecision {
  resource: string;
  authorized: boolean;
  /** Whose word it is: `mvpd`, `degradation`, ... */
  source?: string;
  error?: { code: string; action: string };
}

/** The distinct channels to ask for: fifty titles of eight channels are eight questions. */
export function channelsOf(titles: readonly Title[]): string[] {
  return [...new Set(titles.flatMap((title) => channelOf(title) ?? []))];
}

/** Joins a title with what is known of its channel. */
export function accessOf(
  title: Title,
  known: ReadonlyMap<string, 'permitted' | 'denied'>,
): TitleAccess {
  if (!title.requiresAuth) return 'open';
  const channel = channelOf(title);
  const decided = channel === undefined ? undefined : known.get(channel);
  if (decided === undefined) return 'unknown';
  return decided === 'permitted' ? 'likely' : 'locked';
}

/** What a decision says of its channel; undefined where it is no decision but a failure. */
export function verdictOf(decision: ChannelDecision): 'permitted' | 'denied' | undefined {
  if (decision.authorized) return 'permitted';
  return isDenial(decision) ? 'denied' : undefined;
}

/**
 * Adobe's error codes are an open set, and a failure comes as `authorized: false` too. Only what is
 * called a denial is one, unless it asks for another sign-in or another try ("Enhanced error codes").
 */
function isDenial({ error }: ChannelDecision): boolean {
  if (!error || ['retry', 'authentication', 'configuration'].includes(error.action)) return false;
  return /(^|_)denied(_|$)/.test(error.code);
}

function channelOf({ requiresAuth, channelResourceId }: Title): string | undefined {
  return requiresAuth ? channelResourceId : undefined;
}
