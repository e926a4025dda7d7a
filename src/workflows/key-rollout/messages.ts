import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Order } from '../../activities/key-rollout/orders.ts';
import type { Sealed } from '../../sealing/index.ts';

/** One AEM instance; its agent listens on the task queue `aem-host:{id}`. */
export interface FarmHost {
  id: string;
  /** Where the agent reaches it: a check that both speak of the same instance. */
  url: string;
}

export interface RolloutLimits {
  /** Silence after which an agent is taken for dead, ms. */
  heartbeatTimeoutMs: number;
  /** How long bundles may take to come back, ms. */
  settleWithinMs: number;
  /** Between two looks at them, ms. */
  pollMs: number;
  /** How long a step waits for the agent, ms. */
  agentWithinMs: number;
  /** How long putting back waits for it, ms: longer, for something is changed already. */
  rollBackWithinMs: number;
}

export interface RolloutRequest {
  farm: string;
  /** Id of the instance whose keys all others get. */
  source: string;
  hosts: FarmHost[];
  /** Looks only. */
  dryRun: boolean;
  /** Goes on where something may break, such as values encrypted with a key that goes. */
  force: boolean;
  /** Waits for an `approve` before anything is done to an instance, in each pass anew. */
  approveEach: boolean;
  /** Paths whose status must be the same afterwards, such as the start of an SSO login. */
  watchedPaths: string[];
  limits: RolloutLimits;
}

/**
 * What the agents are told to do, by host and step: sealed by whoever starts the roll-out, for the
 * workflow has no key and could order nothing by itself.
 */
export interface Mandate {
  /** Names the roll-out on the hosts. */
  id: string;
  orders: Record<string, Record<string, Sealed<Order>[]>>;
}

/** SHA-256 of both key files. */
export interface Fingerprints {
  hmac: string;
  master: string;
}

export type RolloutPhase =
  'preflight' | 'keys' | 'encapsulation' | 'proof' | 'rolling-back' | 'over';

/** What became of one instance. */
export interface HostProgress extends FarmHost {
  keys:
    'unknown' | 'source' | 'equal' | 'different' | 'backed-up' | 'written' | 'active' | 'restored';
  encapsulated: 'unknown' | 'off' | 'on' | 'switched-on' | 'switched-back';
  warnings: string[];
  /** The step that its agent was asked for and has not ended yet. */
  asked?: AskedStep;
}

/** A step that an agent has not ended yet. */
export interface AskedStep {
  step: string;
  /** When it was asked for, epoch milliseconds. */
  since: number;
  /** How long the agent has to take it up, ms. */
  withinMs: number;
}

/** One line of the story. */
export interface RolloutEvent {
  at: number;
  host?: string;
  text: string;
}

/** Whether an instance honours a login of another. */
export interface Direction {
  from: string;
  to: string;
  honoured: boolean;
}

export interface Rollout {
  farm: string;
  dryRun: boolean;
  phase: RolloutPhase;
  paused: boolean;
  approveEach: boolean;
  /** Steps that were let go on. */
  approved: string[];
  /** The step that waits for a word of operators. */
  waitingFor?: string;
  hosts: HostProgress[];
  proof: Direction[];
  events: RolloutEvent[];
  /** Present once it is over. */
  ending?: RolloutEnding;
}

/** How it ended, for people. */
export interface RolloutEnding {
  outcome: RolloutReport['outcome'] | RolloutFailureType;
  /** One line: why, or what is so now. */
  reason: string;
  /** What a person does next; none where there is nothing to do. */
  todo: string[];
}

export interface RolloutReport {
  /** `unchanged`: everything was as it should be, and the proof holds. */
  outcome: 'done' | 'unchanged' | 'dry-run';
  hosts: HostProgress[];
  proof: Direction[];
  /** What a dry run would do; what was done otherwise. */
  changes: string[];
}

/** Type of the failure that a roll-out ends with; what it found is in `details[0]`. */
export type RolloutFailureType = 'refused' | 'rolled_back' | 'needs_attention';

export interface RolloutFailure {
  code: string;
  hosts: HostProgress[];
  proof: Direction[];
  /** What a person has to do. */
  todo: string[];
}

/** Where the roll-out is. */
export const progress = defineQuery<Rollout>('progress');
/** Stops before the next instance; a step that has begun ends. Answers with what comes of it. */
export const pause = defineUpdate<string>('pause');
/** Goes on after `pause`. Answers with what comes of it. */
export const resume = defineUpdate<string>('resume');
/**
 * Lets the step go on that waits: an instance's id before it gets the keys,
 * `encapsulation:{id}` before its switch, `restart:{id}` and the like before a stronger means.
 * Answers with what comes of it.
 */
export const approve = defineUpdate<string, [step: string]>('approve');

/** The id of a farm's roll-out: one at a time. A dry run has an id of its own, and hides none. */
export function rolloutId(farm: string, { dryRun } = { dryRun: false }): string {
  return dryRun ? `keys:${farm}:dry-run` : `keys:${farm}`;
}
