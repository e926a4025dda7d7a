import { setTimeout as sleep } from 'node:timers/promises';
import qrcode from 'qrcode';
import { CommandError } from '../fail.ts';
import type { DemoOptions } from './play.ts';
import type { Stage } from './stage.ts';
import type { DeviceAuthorization, Television } from './television.ts';
import type { Timeline } from './timeline.ts';
import { playViewer } from './viewer.ts';

const AGAIN_AFTER_MS = 500;

/**
 * Shows each code that comes until a viewer has signed in.
 *
 * @throws CommandError when nobody can
 */
export async function untilSignedIn(
  { gateway }: Stage,
  tv: Television,
  timeline: Timeline,
  options: DemoOptions,
  first: DeviceAuthorization,
  phases: string[],
): Promise<Known> {
  const watching = new AbortController();
  let shown = first;
  let told: string | undefined;
  let viewer: Promise<void> | undefined;
  let failed: Error | undefined;
  try {
    for await (const { event, data } of eventsOnEnd(tv, watching.signal)) {
      if (event === 'signed-in') {
        phases.push(event);
        const { mvpd } = data as { mvpd: { id: string } };
        return { at: Date.now(), mvpd: mvpd.id, shown, viewer: viewer ?? Promise.resolve() };
      }
      if (event === 'confirm') {
        timeline.step('TV', 'is asked whether a phone far away is its viewer’s, and says no');
        await tv.confirm((data as { id: string }).id, false);
        continue;
      }
      if (event === 'signed-out') {
        const { reason } = data as { reason: string };
        if (reason !== 'declined') throw new CommandError('nobody signed in');
        gateway.screen.show({ status: 'declined' });
        timeline.step('TV', 'shows that the viewer declined on the phone');
        throw new CommandError('the viewer declined on the phone: nobody signed in');
      }
      shown = data as DeviceAuthorization;
      if (shown.user_code === told) continue;
      told = shown.user_code;
      phases.push('awaiting-login');
      await showCode(gateway, shown, timeline);
      if (!options.once) {
        const until = new Date(Date.now() + shown.expires_in * 1_000).toLocaleTimeString();
        timeline.step('TV', 'waits for you', `(until ${until})`);
        continue;
      }
      viewer ??= playViewer(timeline, {
        url: addressOf(shown),
        ...options,
        hasReturned: () => gateway.returnedAt() !== undefined,
      }).catch((error: unknown) => {
        failed = error instanceof Error ? error : new Error(String(error));
        watching.abort();
      });
    }
  } catch (error) {
    throw failed ?? error;
  } finally {
    watching.abort();
  }
  throw failed ?? new CommandError('nobody signed in');
}

/** A stream ends with its token, long before a code does: the next one takes its place. */
async function* eventsOnEnd(tv: Pick<Television, 'events'>, signal: AbortSignal) {
  while (!signal.aborted) {
    yield* tv.events(signal);
    await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function showCode(
  { screen, issuer }: Stage['gateway'],
  shown: DeviceAuthorization,
  timeline: Timeline,
): Promise<void> {
  const address = addressOf(shown);
  await screen.showCode(shown.user_code, address, new Date(Date.now() + shown.expires_in * 1_000));
  timeline.step('TV', 'shows the code, and where to type it');
  timeline.screen(shown.user_code);
  const qr = { type: 'utf8', margin: 2, errorCorrectionLevel: 'L' } as const;
  timeline.show(await qrcode.toString(address, qr));
  timeline.show(`${address}\nTV and phone side by side: ${issuer}/demo`);
}

interface Known {
  /** ms since the epoch */
  at: number;
  mvpd: string;
  /** The code that was typed. */
  shown: DeviceAuthorization;
  /** Until the viewer has read the last page. */
  viewer: Promise<void>;
}

function addressOf(shown: DeviceAuthorization): string {
  return shown.verification_uri_complete ?? shown.verification_uri;
}
