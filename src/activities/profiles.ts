import type { Upstream } from '../workflows/upstream-call.ts';
import { awaitProfile, type AwaitedLogin, type Wanted } from './await-profile.ts';
import type { Dependencies } from './dependencies.ts';
import { OutOfTime } from './failures.ts';
import { found, type FoundProfile, longest } from './found-profile.ts';
import { ask, authorized, type AuthorizedAsker, inTime } from './upstream.ts';

/** At least this long after any other question for the same code does a nudge ask Adobe. */
export const NUDGE_DISTANCE_MS = 1_000;

export function profileActivities(dependencies: Dependencies) {
  const { adobePass, keys, waits, config } = dependencies;
  return {
    /** An existing profile: by the remembered MVPD, or the one with the longest validity (F1). */
    async findProfile(
      asker: AuthorizedAsker,
      mvpd?: string,
    ): Promise<Upstream<FoundProfile | null>> {
      return ask(asker, async (call) => {
        const common = await authorized(dependencies, asker);
        const profile =
          mvpd === undefined
            ? longest(await adobePass.profiles(common, call))
            : await adobePass.profileByMvpd({ ...common, mvpd }, call);
        return found(keys, asker, profile);
      });
    },

    /** Asks for a code at once, because the viewer's browser has just come back. */
    async checkProfile(
      asker: AuthorizedAsker,
      code: string,
      firstPollAt?: number,
    ): Promise<Upstream<FoundProfile | null>> {
      return ask(asker, async (call) => {
        const common = await authorized(dependencies, asker);
        const asked = waits.lastAsked(code) ?? lastScheduled(firstPollAt, config.pollIntervalMs);
        const due = Math.max(Date.now(), asked + NUDGE_DISTANCE_MS);
        if (due >= asker.deadline) throw new OutOfTime();
        // Noted before the pause, so that whoever comes meanwhile keeps its distance from this one.
        waits.asked(code, due);
        await pause(due - Date.now());
        const profile = await found(
          keys,
          asker,
          await adobePass.profileByCode({ ...common, code }, inTime(call, asker.deadline)),
        );
        if (profile) waits.stop(asker);
        return profile;
      });
    },

    /** Ends the wait for a device whose code nobody wants any more, where it runs in this process. */
    async stopWaiting(whose: { app: string; deviceId: string }): Promise<{ stopped: number }> {
      return waits.stop(whose);
    },

    /** The long one: polls until the profile is there or the code is over. */
    async awaitProfile(wanted: Wanted): Promise<AwaitedLogin> {
      return awaitProfile(dependencies, wanted);
    },
  };
}

/** Another process polls for this code: its polls are one interval apart, counted from the first. */
function lastScheduled(firstPollAt: number | undefined, intervalMs: number): number {
  const since = Date.now() - (firstPollAt ?? Infinity);
  return since < 0 ? -Infinity : Date.now() - (since % intervalMs);
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
