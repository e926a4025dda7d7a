import { randomUUID } from 'node:crypto';
import * as messages from '../workflows/messages.ts';
import { checkWatcher } from '../workflows/requests.ts';
import { askingAgain } from './asking-again.ts';
import { type ClientContext, mustBeOpen, within } from './context.ts';
import type { WatchOptions } from './device-options.ts';
import type { DeviceWorkflow } from './device-workflow.ts';
import { opened, type Standing } from './standing.ts';
import { successorOf } from './successor.ts';

type Wanted = { [option in keyof WatchOptions]: WatchOptions[option] | undefined };

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
  { signal, until, present }: Wanted,
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
    if (standing.generation < latest) return;
    if (standing.status === 'pending' && isKnown(standing)) return;
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
    workflow.firstContact(messages.watch, { request: watcher, check: checkWatcher, deadline });

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
    const { standing } = await workflow.query(messages.view);
    if (isKnown(standing) || ended.signal.aborted) return;
    const now = standing.status === until ? standing : await register();
    if (!isKnown(now) && !ended.signal.aborted) tell(now);
  };

  if (signal?.aborted) return;
  const asking = askingAgain(deliveries.times, lookWhatWasMissed);
  const unlisten = deliveries.listen(watcher.id, {
    tell: (change) => tell(change.standing),
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
    tell(await register(deadline));
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

/** What the TV is asked about a code changes without a change of phase. */
function questionOf(standing: messages.Standing): string | undefined {
  return standing.status === 'pending' ? standing.confirmation?.id : undefined;
}
