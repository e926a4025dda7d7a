import { randomUUID } from 'node:crypto';
import type { DeviceIdentity } from '../device-identity.ts';
import { ofDevice } from '../sealing/index.ts';
import {
  type PollDependencies,
  Poller,
  sleepUntil,
  type Waiter,
  type WaitReport,
  type WaitResult,
} from './poller.ts';
import { Questions } from './questions.ts';
import { openOnce, type Opened, openToken, streamingDevice } from './upstream.ts';

/** How long a result is kept for whom was called. */
const KEPT_MS = 60_000;
/** Between calls of a device that could not be reached: three times as long each time. */
const CALL_AGAIN_MS = 200;
const CALL_AGAIN_AT_MOST_MS = 15_000;

/**
 * The devices that wait for a login in this process: each is polled for every interval until its
 * login is done, then its workflow is called and takes the result. Nothing of it is kept at Temporal:
 * when the process dies, others are told who waited here, and the end of a code wakes its device in
 * any case. A failed poll is counted and polling goes on; only a profile, a dead session or a dead
 * registration ends a wait (ATN-02..05).
 */
export class WaitingRoom {
  /** Names this process among those of a stack. */
  readonly process = `${process.pid}-${randomUUID().slice(0, 8)}`;
  /** Names this room. There is a new one after each time that the others took this process for dead. */
  #number = 1;
  /** When codes were asked for in this process. */
  readonly questions = new Questions();
  readonly #waits = new Map<string, Wait>();
  readonly #dependencies: RoomDependencies;
  #closed = false;

  constructor(dependencies: WaitingRoomDependencies) {
    this.#dependencies = { ...dependencies, questions: this.questions };
  }

  /**
   * Lets a device wait, in the place of an earlier wait of its own.
   *
   * @throws SealedError where this process lacks the key
   */
  async enter(waiter: Waiter, opened?: Opened): Promise<void> {
    const key = keyOf(waiter);
    const wait = await beginWait(this.#dependencies, waiter, opened);
    this.#waits.get(key)?.leave();
    // Whoever tells of the end of this room tells of this device too.
    if (this.#closed) return wait.leave();
    this.#waits.set(key, wait);
    void wait.isOver.then(() => {
      if (this.#waits.get(key) === wait) this.#waits.delete(key);
    });
  }

  /** What a wait has found out since it was last asked, if its device waits here. */
  report(whose: DeviceIdentity): WaitReport | undefined {
    return this.#waits.get(keyOf(whose))?.report();
  }

  /** Ends the wait of a device, if it waits here. */
  leave(whose: DeviceIdentity): { stopped: number } {
    const key = keyOf(whose);
    const wait = this.#waits.get(key);
    if (!wait) return { stopped: 0 };
    wait.leave();
    this.#waits.delete(key);
    return { stopped: 1 };
  }

  /** Takes what came of a device's wait, once. */
  take(whose: DeviceIdentity, code: string): WaitResult | undefined {
    const wait = this.#waits.get(keyOf(whose));
    if (wait?.waiter.code !== code || wait.result === undefined) return undefined;
    this.leave(whose);
    return wait.result;
  }

  get id(): string {
    return `${this.process}.${this.#number}`;
  }

  /** The room has a new name. Whoever waits here is to be told that the old one is closed. */
  rename(): { closed: string; waiters: Waiter[] } {
    const closed = this.id;
    this.#number += 1;
    const waits = [...this.#waits.values()];
    return { closed, waiters: waits.map(({ waiter }) => waiter) };
  }

  /** Nobody is polled for any more. */
  close(): void {
    this.#closed = true;
    for (const wait of this.#waits.values()) wait.leave();
    this.#waits.clear();
  }

  /** The code that a device waits with here, or has waited with while its result is not taken. */
  waitsFor(whose: DeviceIdentity): string | undefined {
    return this.#waits.get(keyOf(whose))?.waiter.code;
  }

  /** How many devices wait here. */
  get size(): number {
    return this.#waits.size;
  }
}

export interface WaitingRoomDependencies extends Omit<PollDependencies, 'questions'> {
  /** Tells a device's workflow that its wait for this code is over. Rejects when it can't be told now. */
  call: (workflowId: string, code: string) => Promise<void>;
  /** A device could not be told. It is tried again. */
  log: (workflowId: string, error: unknown) => void;
}

type RoomDependencies = WaitingRoomDependencies & PollDependencies;

interface Wait {
  waiter: Waiter;
  report: () => WaitReport;
  result?: WaitResult;
  isOver: Promise<void>;
  leave: () => void;
}

async function beginWait(
  dependencies: RoomDependencies,
  waiter: Waiter,
  opened?: Opened,
): Promise<Wait> {
  const { app } = dependencies;
  const { sealed: accessToken } = waiter.registration.accessToken;
  const known = opened ? { opened } : {};
  const { credentials: sealed } = waiter.registration;
  const [device, token, credentials] = await Promise.all([
    streamingDevice(dependencies, { ...waiter, ...known }),
    openToken(dependencies, { ...waiter, accessToken, ...known }),
    openOnce(dependencies.keys, known, sealed, ofDevice('credentials', waiter)),
  ]);
  const left = new AbortController();
  const poller = new Poller(dependencies, waiter, {
    device,
    token,
    credentials,
    serviceProvider: app(waiter.app).serviceProvider,
    signal: left.signal,
  });
  const wait: Wait = {
    waiter,
    leave: () => left.abort(),
    isOver: Promise.resolve(),
    report: () => poller.report(),
  };
  wait.isOver = (async () => {
    const result = await poller.poll();
    if (left.signal.aborted) return;
    if (result) {
      wait.result = result;
      await callUntilHeard(dependencies, waiter, left.signal);
    }
    await sleepUntil(Date.now() + KEPT_MS, left.signal);
  })().catch(() => undefined);
  return wait;
}

/** Temporal may be away for a while. */
async function callUntilHeard(
  { call, log }: WaitingRoomDependencies,
  { workflowId, code, notAfter }: Waiter,
  signal: AbortSignal,
): Promise<void> {
  // After the end of its code the workflow wakes by itself.
  for (let pause = CALL_AGAIN_MS; Date.now() < notAfter; pause *= 3) {
    try {
      return await call(workflowId, code);
    } catch (error) {
      if (pause === CALL_AGAIN_MS) log(workflowId, error);
      const again = Date.now() + Math.min(pause, CALL_AGAIN_AT_MOST_MS);
      if (!(await sleepUntil(again, signal))) return;
    }
  }
}

function keyOf({ app, deviceId }: DeviceIdentity): string {
  return `${app}:${deviceId}`;
}
