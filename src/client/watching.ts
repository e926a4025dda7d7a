import { randomUUID } from 'node:crypto';
import * as messages from '../workflows/messages.ts';
import { type ClientContext, within } from './context.ts';
import { opened, type Standing } from './standing.ts';

interface Watching {
  until: 'signed-in' | undefined;
  signal: AbortSignal | undefined;
  present: (() => boolean) | undefined;
  register: (watcher: messages.Watcher) => Promise<messages.Standing>;
}

/** Before a code ends we say that somebody is still there: this long, or a tenth of a short life. */
const PRESENCE_LEAD_MS = 5_000;
/** How often the successor of an ended code is asked for, and how long. */
const SUCCESSOR_EVERY_MS = 250;
const SUCCESSOR_WITHIN_MS = 15_000;

/**
 * Where a device stands, each time that it changes. Sign-in and sign-out are pushed by the workflow.
 * The successor of a code is not: we know when the code ends, so we say a moment before that
 * somebody is there (one signal), and ask for the new code right after (a query, which leaves no
 * event). Pushing it cost six events more a code.
 */
export async function* watching(
  context: ClientContext,
  workflowId: string,
  { signal, until, present, register }: Watching,
): AsyncGenerator<Standing, void, undefined> {
  const news: messages.Standing[] = [];
  let wake = () => {};
  let failed: unknown;
  let latest = -1;
  const tell = (standing: messages.Standing) => {
    if (standing.generation < latest) return;
    if (standing.generation === latest && standing.status === 'pending') return;
    latest = standing.generation;
    news.push(standing);
    attend(standing);
    wake();
  };
  let presence: NodeJS.Timeout | undefined;
  const handle = context.temporal.workflow.getHandle(workflowId);
  const ended = new AbortController();
  const stop = () => {
    ended.abort();
    clearTimeout(presence); // nobody may iterate any more, and it would keep the process alive
    wake();
  };

  function attend(standing: messages.Standing): void {
    clearTimeout(presence);
    if (standing.status !== 'pending' || ended.signal.aborted) return;
    const left = standing.expiresAt - Date.now();
    const lead = Math.min(PRESENCE_LEAD_MS, left / 10);
    presence = setTimeout(
      () => {
        follow(standing).catch((error: unknown) => {
          failed = error;
          wake();
        });
      },
      Math.min(Math.max(0, left - lead), 2 ** 31 - 1),
    );
  }

  async function follow({
    generation,
    expiresAt,
  }: Extract<messages.Standing, { status: 'pending' }>) {
    if (present?.() === false) return;
    await within(context, () => handle.signal(messages.present, { generation }));
    while (!ended.signal.aborted && Date.now() < expiresAt + SUCCESSOR_WITHIN_MS) {
      const pause = Math.max(SUCCESSOR_EVERY_MS, expiresAt - Date.now() + SUCCESSOR_EVERY_MS / 2);
      await new Promise((resolve) => setTimeout(resolve, pause));
      const { standing } = await within(context, () => handle.query(messages.view));
      if (standing.generation !== generation) {
        tell(standing);
        return;
      }
    }
  }

  const { stopped } = context.deliveries;
  if (signal?.aborted || stopped.aborted) return;
  signal?.addEventListener('abort', stop, { once: true });
  stopped.addEventListener('abort', stop, { once: true });
  const registration = randomUUID();
  const unlisten = await context.deliveries.listen(registration, (change) => tell(change.standing));
  try {
    tell(
      await register({
        id: registration,
        taskQueue: context.deliveries.taskQueue,
        ...(until ? { until } : {}),
      }),
    );
    while (!ended.signal.aborted) {
      const next = news.shift();
      if (next) {
        yield await opened(context.keys, next);
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
    clearTimeout(presence);
    unlisten();
    signal?.removeEventListener('abort', stop);
    stopped.removeEventListener('abort', stop);
  }
}
