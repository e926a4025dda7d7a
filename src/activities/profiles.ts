import { ofDevice, type Sealed } from '../sealing/index.ts';
import type { ProfileMark } from '../workflows/messages.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { OutOfTime } from './failures.ts';
import { isShared } from '../profile-marks.ts';
import { found, type FoundProfile, foundNews } from './found-profile.ts';
import { askedWithoutStatus } from './partner-status.ts';
import { ask, authorized, type AuthorizedAsker, inTime, openOnce } from './upstream.ts';
import { atTick, QUESTION_DISTANCE_MS } from './questions.ts';

/** Which profiles to look for. */
export interface ProfilesWanted {
  /** Absent: of all providers. */
  mvpd?: string;
  /** Marked in the answer: the viewer is to sign in anew. */
  passOver?: ProfileMark[];
}

/** What a nudge knows of the code. */
export interface CodeWanted {
  /** ms since the epoch: of the polls by another process. */
  firstPollAt?: number;
  /** Left out of the answer. */
  passOver?: ProfileMark[];
}

export function profileCalls(dependencies: Dependencies) {
  const { adobePass, keys, room, config } = dependencies;
  const { questions } = room;
  return {
    /** Existing profiles: that of an MVPD, or all, the longest validity first (F1). */
    async findProfiles(
      asker: AuthorizedAsker,
      { mvpd, passOver }: ProfilesWanted = {},
    ): Promise<Upstream<FoundProfile[]>> {
      return ask(asker, async (call) => {
        const common = await authorized(dependencies, asker, mvpd);
        const profiles =
          mvpd === undefined
            ? await adobePass.profiles(common, call)
            : [
                await adobePass
                  .profileByMvpd({ ...common, mvpd }, call)
                  .catch(
                    askedWithoutStatus(common.device, (device) =>
                      adobePass.profileByMvpd(
                        { ...common, device, mvpd },
                        inTime(call, asker.deadline),
                      ),
                    ),
                  ),
              ];
        const alone = dependencies.app(asker.app).noSingleSignOn ?? [];
        const held = profiles.flatMap((profile) =>
          profile && !(isShared(profile) && alone.includes(profile.mvpd)) ? [profile] : [],
        );
        return found(keys, asker, held, passOver);
      });
    },

    /** The profile that the answer of the partner's framework leads to. */
    async partnerProfile(
      asker: AuthorizedAsker,
      partner: string,
      samlResponse: Sealed<string>,
    ): Promise<Upstream<FoundProfile[]>> {
      return ask(asker, async (call) => {
        const [common, answer] = await Promise.all([
          authorized(dependencies, asker),
          openOnce(keys, asker, samlResponse, ofDevice('saml-response', asker)),
        ]);
        const input = { ...common, partner, samlResponse: answer };
        return found(keys, asker, await adobePass.partnerProfile(input, call));
      });
    },

    /** Asks for a code at once, because the viewer's browser has just come back. */
    async checkProfile(
      asker: AuthorizedAsker,
      code: string,
      { firstPollAt, passOver }: CodeWanted = {},
    ): Promise<Upstream<FoundProfile[]>> {
      return ask(asker, async (call) => {
        const common = await authorized(dependencies, asker, asker.trial?.mvpd);
        const asked =
          questions.lastAsked(code) ?? lastScheduled(firstPollAt, config.pollIntervalMs);
        const due = Math.max(Date.now(), asked + QUESTION_DISTANCE_MS);
        if (due >= asker.deadline) throw new OutOfTime();
        // Noted before the pause, so that whoever comes meanwhile keeps its distance from this one.
        questions.nudged(code, due);
        await pause(due - Date.now());
        const inItsTurn = { ...inTime(call, asker.deadline), onSend: () => questions.nudged(code) };
        const answer = await adobePass.profilesByCode({ ...common, code }, inItsTurn);
        return foundNews(keys, asker, answer, passOver);
      });
    },
  };
}

/** Another process polls for this code: its polls are one interval apart, counted from the first. */
function lastScheduled(firstPollAt: number | undefined, intervalMs: number): number {
  const since = Date.now() - atTick(firstPollAt ?? Infinity);
  return since < 0 ? -Infinity : Date.now() - (since % intervalMs);
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}
