import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { duration } from '../../workflows/key-rollout/duration.ts';
import type { keyRollout } from '../../workflows/index.ts';
import {
  type HostProgress,
  progress,
  type RolloutEvent,
  type RolloutFailure,
  type RolloutReport,
} from '../../workflows/key-rollout/messages.ts';

/** How a roll-out ended. */
export type RolloutEnd =
  | { type: 'worked'; report: RolloutReport }
  | { type: string; message: string; todo: readonly string[] };

const LOOK_EVERY_MS = 300;
/** After so long without a word people ask themselves whether anything still happens. */
const SILENCE_MS = 5_000;

/** Tells what happens in a roll-out, from its beginning, until it has ended. */
export async function followRollout(
  handle: WorkflowHandle<typeof keyRollout>,
  tell: (event: RolloutEvent) => void,
): Promise<RolloutEnd> {
  const ended = endOf(handle);
  let told = 0;
  const silence = new Silence(tell);
  const look = async () => {
    try {
      const { events, hosts } = await handle.client.withDeadline(
        Date.now() + SILENCE_MS,
        async () => handle.query(progress),
      );
      for (const event of events.slice(told)) tell(event);
      told = events.length;
      silence.ofAgents(hosts);
    } catch {
      // A worker that restarts can't answer just now; the next look tells what was missed.
      if (await answers(handle)) silence.ofWorkers();
    }
  };
  const over = ended.then(
    () => true,
    () => true,
  );
  do await Promise.race([look(), over]);
  while (!(await Promise.race([over, delay(LOOK_EVERY_MS, false)])));
  const end = await ended;
  await look();
  return end;
}

/** Says once of each silence whose it is. */
class Silence {
  readonly #tell: (event: RolloutEvent) => void;
  /** When each was first noticed, by this machine's clock; `undefined` once it was told. */
  readonly #since = new Map<string, number | undefined>();
  #workersSince: number | undefined;
  #workersTold = false;

  constructor(tell: (event: RolloutEvent) => void) {
    this.#tell = tell;
  }

  ofAgents(hosts: readonly HostProgress[]): void {
    this.#workersSince = undefined;
    this.#workersTold = false;
    for (const { id, asked } of hosts) {
      if (!asked) continue;
      const key = `${id} ${asked.step} ${asked.since}`;
      if (!this.#since.has(key)) this.#since.set(key, Date.now());
      const since = this.#since.get(key);
      if (since === undefined || Date.now() - since < SILENCE_MS) continue;
      this.#since.set(key, undefined);
      const text = `waits for the agent of ${id}: ${asked.step} (${duration(asked.withinMs)} at most until it begins)`;
      this.#tell({ at: Date.now(), host: id, text });
    }
  }

  ofWorkers(): void {
    this.#workersSince ??= Date.now();
    if (this.#workersTold || Date.now() - this.#workersSince < SILENCE_MS) return;
    this.#workersTold = true;
    const text = 'no worker answers: the roll-out goes on once a `devicepass worker` runs';
    this.#tell({ at: Date.now(), text });
  }
}

/** Whether Temporal itself is there: if not, who waits for the end hears of it. */
async function answers({
  client,
  workflowId,
}: WorkflowHandle<typeof keyRollout>): Promise<boolean> {
  const described = client.withDeadline(Date.now() + SILENCE_MS, async () =>
    client.getHandle(workflowId).describe(),
  );
  return described.then(
    () => true,
    () => false,
  );
}

async function endOf(handle: WorkflowHandle<typeof keyRollout>): Promise<RolloutEnd> {
  try {
    return { type: 'worked', report: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    if (!(cause instanceof ApplicationFailure)) {
      return { type: 'refused', message: cause?.message ?? error.message, todo: [] };
    }
    const [details] = (cause.details ?? []) as [Partial<RolloutFailure>?];
    return { type: cause.type ?? 'refused', message: cause.message, todo: details?.todo ?? [] };
  }
}
