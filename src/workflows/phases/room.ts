import type { Device } from '../device.ts';
import { type Alarm, alarm } from './alarm.ts';
import { problemOf } from '../failures.ts';
import { passedOver } from '../left-behind.ts';
import { type AwaitingLogin, moveTo } from '../state.ts';
import { askAdobe } from '../upstream.ts';

/** Before the next try where this process can't take it in, as while keys are being rotated; then longer. */
const AGAIN_MS = 5_000;
const AGAIN_AT_MOST_MS = 30_000;

/**
 * ms since the epoch: when polling begins though nobody says that the browser is back, with the MVPD's
 * page on the device itself; absent with a second screen.
 */
export function fallbackAt({ state }: Device, login: AwaitingLogin): number | undefined {
  if (login.screen === 'second' || login.room !== undefined) return undefined;
  const { sameScreenFallbackMs = 120_000 } = state.settings ?? {};
  return Math.min(Date.now() + sameScreenFallbackMs, login.notAfter);
}

/** Finds a room for a device whose code nobody polls for. */
export class RoomFinder {
  readonly #device: Device;
  readonly #login: AwaitingLogin;
  readonly #changed: () => boolean;
  #failed = 0;
  #notBefore: Alarm | undefined;

  constructor(device: Device, login: AwaitingLogin, changed: () => boolean) {
    this.#device = device;
    this.#login = login;
    this.#changed = changed;
  }

  /**
   * Whether its room is gone, or it has none yet: with the MVPD's page on the device itself polling
   * begins when the browser has come back (ATN-01).
   */
  isWanted(isFallbackDue: boolean): boolean {
    if (this.#notBefore && !this.#notBefore.rings) return false;
    const { state, unpolledSince, browserReturned } = this.#device;
    if (unpolledSince !== undefined) return true;
    const { phase } = state;
    const hasRoom = phase.name === 'awaiting-login' && phase.room !== undefined;
    return !hasRoom && (this.#login.screen === 'second' || browserReturned || isFallbackDue);
  }

  /** Nobody looks for a room any more. */
  leave(): void {
    this.#notBefore?.forget();
  }

  /** Waits in the process that runs this workflow now. */
  async enter(): Promise<void> {
    const device = this.#device;
    const { code, notAfter, mvpd } = this.#login;
    const firstPollAt = nextPoll(device);
    const passOver = passedOver(device.state, mvpd?.id);
    try {
      const room = await askAdobe(device, device.deadline(), 'profileByCode', (asker) =>
        device.activities.enterRoom(asker, { code, firstPollAt, notAfter, passOver }),
      );
      if (this.#changed()) return await enteredInVain(device);
      device.enteredAt = Date.now();
      device.unpolledSince = undefined;
      device.firstPollAt = firstPollAt;
      device.change(moveTo(device.state, room));
      device.publish();
      this.#failed = 0;
    } catch (error) {
      if (!problemOf(error)) throw error;
      const pause = Math.min(AGAIN_MS * 2 ** this.#failed, AGAIN_AT_MOST_MS);
      this.#failed += 1;
      this.#notBefore = alarm(Date.now() + pause);
    }
  }
}

/** Another code came while this one was still being brought there, or nobody wants any. */
async function enteredInVain(device: Device): Promise<void> {
  const { app, deviceId, phase } = device.state;
  if (phase.name === 'awaiting-login') device.unpolledSince = Date.now();
  else await device.inTurn((activities) => activities.leaveRoom({ app, deviceId }));
}

/**
 * ms since the epoch. One interval after the browser's return (ATN-01), or at once where that is only
 * supposed; in another room by the same schedule, and at once where a poll of it was missed.
 */
function nextPoll({ state, browserReturned, firstPollAt, unpolledSince }: Device): number {
  const { pollIntervalMs = 15_000 } = state.settings ?? {};
  const now = Date.now();
  if (firstPollAt === undefined) return browserReturned ? now + pollIntervalMs : now;
  if (firstPollAt > now) return firstPollAt;
  const last = now - ((now - firstPollAt) % pollIntervalMs);
  const isMissed = unpolledSince !== undefined && last > unpolledSince;
  return isMissed ? now : last + pollIntervalMs;
}
