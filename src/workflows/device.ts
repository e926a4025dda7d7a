import {
  patched,
  proxyLocalActivities,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { Mutex } from 'async-mutex';
import type { Activities } from '../activities/index.ts';
import * as options from './activity-options.ts';
import { currentDetails } from './current-details.ts';
import type { Problem } from './failures.ts';
import type { Standing } from './messages.ts';
import { Permits } from './permits.ts';
import { HOUSEHOLD, MVPD, PROFILE_TYPE, searchAttributes } from './search-attributes.ts';
import { type DeviceState, forgetError, recordCalls, recordError } from './state.ts';
import { standing } from './standing.ts';
import type { UpstreamCall } from './upstream-call.ts';

/** Time for one request until the worker's settings are known; the design's budget. */
const DEFAULT_BUDGET_MS = 7_000;

const TYPE = PROFILE_TYPE.name;
/** Those that older workers made no upsert for. */
const LATER: readonly string[] = [MVPD.name, TYPE, HOUSEHOLD.name];

/**
 * One device in the memory of its workflow: the state that is carried over, and what a run can
 * forget. Handlers and phases change the state through pure functions only.
 */
export class Device {
  state: DeviceState;
  /**
   * Phase changes run one after the other. Without it two first `authenticate` calls register
   * twice, and a `logout` loses to an earlier `authenticate`.
   */
  readonly phaseLock = new Mutex();
  readonly #activityLock = new Mutex();
  /** To be used in turn. */
  readonly activities = proxyLocalActivities<Activities>(options.interactive);
  /** The browser has come back from the login with the present code. */
  browserReturned = false;
  /** It came back since Adobe was last asked because of it. */
  nudged = false;
  /** ms since the epoch: when somebody last showed that they look at this device. */
  seenAt = 0;
  /** ms since the epoch: when anything last came from it or was done for it, in this run. */
  heardAt = Date.now();
  /** Polling for the present code has come to an end. */
  waitIsOver = false;
  /** ms since the epoch: since when nobody polls for the present code any more. */
  unpolledSince: number | undefined;
  /** ms since the epoch: when the device found its room, where that is not its code's first. */
  enteredAt: number | undefined;
  /** ms since the epoch: when the present code is polled for first, for nudges to keep their distance. */
  firstPollAt: number | undefined;
  /** It ends, and its history is about to be deleted: nothing begins here any more. */
  isForgotten = false;
  /** Messages to other processes under way. */
  pendingDeliveries = 0;
  /** What was permitted, by resource; forgotten with each change of phase (PRE-05). */
  readonly permits = new Permits();
  #published = new Map<string, unknown>();

  constructor(state: DeviceState) {
    this.state = state;
  }

  /** Where the device stands now. */
  get standing(): Standing {
    return standing(this.state, Date.now());
  }

  /** The moment, ms since the epoch, by which a request that starts now has its answer. */
  deadline(): number {
    return Date.now() + (this.state.settings?.timeBudgetMs ?? DEFAULT_BUDGET_MS);
  }

  /**
   * Does something with local activities, one after the other. Where two of them overlap in a workflow
   * task, their results may come back in another order at replay, and the device would be stuck at
   * its next worker (sdk-typescript issue 1744; seen here with a permit and a denial at once).
   */
  async inTurn<T>(run: (activities: Device['activities']) => Promise<T>): Promise<T> {
    return this.#activityLock.runExclusive(() => run(this.activities));
  }

  change(next: DeviceState): void {
    if (next.generation !== this.state.generation) {
      this.permits.clear();
      this.heardAt = Date.now();
    }
    this.state = next;
  }

  /** No worker has ever known its app: a workflow that was started by mistake. */
  get isStranger(): boolean {
    return this.state.settings === undefined && this.state.lastError?.code === 'unknown_app';
  }

  /** Keeps what operators need of calls. */
  record(calls: readonly UpstreamCall[]): void {
    this.change(recordCalls(this.state, calls));
  }

  /**
   * The same of an operation that worked: then it is no longer the last error. What of its answer
   * could not be read is one, unless something worse is.
   */
  recordSuccess(calls: readonly UpstreamCall[]): void {
    this.record(calls);
    for (const { operation, code, at, note, status } of calls) {
      if (code !== undefined) continue;
      this.change(forgetError(this.state, operation));
      if (note === undefined || this.state.lastError) continue;
      const message = `the answer was used, but ${note}`;
      const odd = { operation, at, code: 'odd_answer', action: 'none', message };
      this.change(recordError(this.state, { ...odd, ...(status === undefined ? {} : { status }) }));
    }
  }

  /** Keeps what operators need of a call that did not. */
  recordProblem(operation: string, problem: Problem): void {
    const { code, action, message, details, resource, status, trace, calls = [] } = problem;
    this.record(calls);
    this.change(
      recordError(this.state, {
        operation: problem.operation ?? operation,
        at: Date.now(),
        code,
        action,
        message,
        ...(details === undefined ? {} : { details }),
        ...(resource === undefined ? {} : { resource }),
        ...(status === undefined ? {} : { status }),
        ...(trace === undefined ? {} : { trace }),
      }),
    );
  }

  /**
   * Shows the state to operators. Each upsert is a history event: only what changed is sent, and a
   * chosen MVPD alone waits for the next change of phase, unless it lets the viewer in by now.
   */
  publish(): void {
    const changed = searchAttributes(this.state).filter(
      ({ key, value }) => (this.#published.get(key.name) ?? null) !== value,
    );
    const isMore = changed.some(({ key: { name } }) => !LATER.includes(name));
    const isMoved = changed.some(({ key: { name } }) => name === HOUSEHOLD.name);
    const isSwitched = this.state.phase.name === 'signed-in' && changed.length > 0;
    if (isMore || (isMoved && patched('household')) || (isSwitched && patched('profile-type'))) {
      for (const { key, value } of changed) this.#published.set(key.name, value);
      upsertSearchAttributes(changed);
    }
    setCurrentDetails(currentDetails(this.state, Date.now()));
  }
}
