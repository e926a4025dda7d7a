import { randomUUID } from 'node:crypto';
import * as messages from '../workflows/messages.ts';
import { checkAuthenticate, checkWatcher } from '../workflows/requests.ts';
import { askingAgain } from './asking-again.ts';
import { type ClientContext, mustBeOpen, within } from './context.ts';
import type { WatchOptions } from './device-options.ts';
import type { DeviceWorkflow } from './device-workflow.ts';
import { DevicePassError } from './errors.ts';
import { opened, type Standing } from './standing.ts';
import { successorOf } from './successor.ts';

interface Wanted extends Omit<WatchOptions, 'authenticate'> {
  /** Makes the request that the watch begins with. */
  authenticate?: (() => Promise<messages.AuthenticateRequest>) | undefined;
}

/** Of a device that nobody has asked a code for yet, or whose life has ended for want of any. */
const NOBODY_YET: messages.Standing = { status: 'signed-out', generation: 0, reason: 'new' };
/** How soon, and after a while how often, we look whether another process has begun its life. */
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 10_000;

/** Before a code ends we say that somebody is still there: this long, or a tenth of a short life. */
const PRESENCE_LEAD_MS = 5_000;

/**
 * Where a device stands, each time that it changes. Sign-in and sign-out are pushed by the workflow.
 * The successor of a code is not: we know when the code ends, so we say a moment before that
 * somebody is there (one signal), and ask for the new code right after (a query, which leaves no
 * event). Pushing it cost six events more a code.
 */
export async function* watching(
  context: ClientContext,
  workflow: DeviceWorkflow,
  { signal, until, present, authenticate }: Wanted,
): AsyncGenerator<Standing, void, undefined> {
  mustBeOpen(context);
  const { deliveries } = context;
  const news: messages.Standing[] = [];
  let wake = () => {};
  let failed: unknown;
  let latest = -1;
  let question: string | undefined;
  const isKnown = (standing: messages.Standing) =>
    standing.generation < latest ||
    (standing.generation === latest && questionOf(standing) === question);
  const tell = (standing: messages.Standing) => {
    if (isKnown(standing)) return;
    latest = standing.generation;
    question = questionOf(standing);
    news.push(standing);
    attend(standing);
    wake();
  };
  let presence: NodeJS.Timeout | undefined;
  const ended = new AbortController();
  const watcher: messages.Watcher = {
    id: randomUUID(),
    taskQueue: deliveries.taskQueue,
    ...(until ? { until } : {}),
  };
  const register = (deadline?: number) =>
    workflow.update(messages.watch, { request: watcher, check: checkWatcher, deadline });
  const begin = async (deadline: number) => {
    if (authenticate) {
      const request = { ...(await authenticate()), watcher };
      // With its whole time: what Adobe's slowness needs is not for a worker that starts.
      const check = checkAuthenticate;
      return workflow.firstContact(messages.authenticate, { request, check });
    }
    const standing = await unlessUnknown(() => register(deadline));
    if (!standing) void expect();
    return standing ?? NOBODY_YET;
  };

  /** A look begins no life. Who wants to know goes on asking until the TV wants a code. */
  async function expect(): Promise<void> {
    let isWatcher = false;
    const answered = (standing: messages.Standing) => {
      isWatcher = true;
      tell(standing);
    };
    for (
      let pause = FIRST_LOOK_MS;
      !ended.signal.aborted;
      pause = Math.min(pause * 1.5, LAST_LOOK_MS)
    ) {
      const withinMs = pause * (0.8 + 0.4 * Math.random());
      await deliveries.untilBegun(workflow.id, withinMs, ended.signal, { watcher, answered });
      if (ended.signal.aborted || isWatcher) return;
      // What can't be asked now is asked again.
      const standing = await unlessUnknown(register).catch(() => undefined);
      if (standing) return tell(standing);
    }
  }

  function attend(standing: messages.Standing): void {
    clearTimeout(presence);
    if (standing.status !== 'pending' || ended.signal.aborted) return;
    const left = standing.expiresAt - Date.now();
    const lead = Math.min(PRESENCE_LEAD_MS, left / 10);
    const follow = async () => {
      if (present?.() === false) return;
      const successor = await successorOf(workflow, standing, ended.signal);
      if (successor) tell(successor);
    };
    presence = setTimeout(
      () => {
        follow().catch((error: unknown) => {
          failed = error;
          wake();
        });
      },
      Math.min(Math.max(0, left - lead), 2 ** 31 - 1),
    );
  }

  /** Newer than what we were told: the workflow has forgotten us, so register again. */
  const lookWhatWasMissed = async () => {
    const view = await unlessUnknown(() => workflow.query(messages.view));
    if (!view) return;
    const { standing } = view;
    if (isKnown(standing) || ended.signal.aborted) return;
    const now = standing.status === until ? standing : await register();
    if (!isKnown(now) && !ended.signal.aborted) tell(now);
  };

  if (signal?.aborted) return;
  const asking = askingAgain(deliveries.times, lookWhatWasMissed);
  const unlisten = deliveries.listen(watcher.id, {
    tell: (change) => {
      tell(change.standing); // known already, unless the device was forgotten
      if (change.isLast) void expect();
    },
    missed: asking.soon,
  });
  const stop = () => {
    ended.abort();
    clearTimeout(presence); // nobody may iterate any more, and it would keep the process alive
    asking.stop();
    wake();
  };
  signal?.addEventListener('abort', stop, { once: true });
  deliveries.stopped.addEventListener('abort', stop, { once: true });
  try {
    const deadline = Date.now() + context.answerWithinMs;
    await within(context, () => deliveries.ready(), deadline);
    tell(await begin(deadline));
    while (!ended.signal.aborted) {
      const next = news.shift();
      if (next) {
        yield await opened(context.keys, workflow.identity, next);
        if (next.status === until) return;
      } else if (failed !== undefined) {
        throw failed;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop();
    unlisten();
    signal?.removeEventListener('abort', stop);
    deliveries.stopped.removeEventListener('abort', stop);
  }
}

/** What the TV is asked about a code, and what is left of a trial, change without a change of phase. */
function questionOf(standing: messages.Standing): string | undefined {
  if (standing.status === 'pending') return standing.confirmation?.id;
  if (standing.status !== 'signed-in' || !standing.trial) return undefined;
  const { trial, profile } = standing;
  return [trial.hasBegun, profile.notAfter, profile.titlesLeft].join();
}

/** Undefined for a device that has no life now. */
async function unlessUnknown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}
