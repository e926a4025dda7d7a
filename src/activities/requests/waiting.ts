import type { ProfileMark } from '../../workflows/messages.ts';
import type { Session } from '../../adobe-pass/index.ts';
import type { Dependencies } from '../dependencies.ts';
import type { FoundProfile } from '../found-profile.ts';
import { ownWorkflow } from '../own-workflow.ts';
import type { CodeWanted } from '../profiles.ts';
import { endOf, type WaitResult } from '../poller.ts';
import { type Conversation, problemOf, type RequestAsker } from './conversation.ts';
import { profilesByCode } from './find-profile.ts';

/** "E.g., 30 minutes" (`rest-api-v2-sessions-apis`), where Adobe doesn't say. */
const LIFE_MS = 30 * 60_000;
/** No code lives so long; Adobe's answers to polls end it before. */
const MAX_LIFE_MS = 24 * 3_600_000;
/** So many polls at least is a code worth, whatever the clocks say: sessions come no faster. */
const MIN_POLLS = 2;

/** A code that is polled for. */
export interface CodeToPoll {
  code: string;
  /** ms since the epoch: when its first poll is due, and the code ends */
  firstPollAt: number;
  notAfter: number;
  /** Profiles that are no news. */
  passOver: ProfileMark[];
}

/** ms since the epoch. Adobe's time may be missing, or not fit our clock. */
export function endOfCode({ notAfter }: Session, pollIntervalMs: number): number {
  const now = Date.now();
  const least = MIN_POLLS * pollIntervalMs;
  return Math.min(Math.max(notAfter ?? now + LIFE_MS, now + least), now + MAX_LIFE_MS);
}

/**
 * Lets the device wait in this process.
 *
 * @returns the room, by which others know where it waits
 */
export async function enterRoom(
  { room }: Dependencies,
  conversation: Conversation,
  { deadline: _own, registration: _old, ...whose }: RequestAsker,
  code: CodeToPoll,
): Promise<string> {
  const accessToken = await conversation.access();
  const { credentials } = conversation.registration ?? {};
  if (!credentials) throw new Error('there is a token without a registration');
  const { workflowId } = ownWorkflow();
  const { opened } = conversation;
  const registration = { credentials, accessToken };
  await room.enter({ ...whose, ...code, workflowId, registration }, opened);
  return room.id;
}

/** What has come of a code: `pending` where it is polled for no more, and there is nothing. */
export interface LoginFound extends Pick<WaitResult, 'accessToken'> {
  outcome: WaitResult['outcome'] | 'pending';
  profiles: FoundProfile[];
}

/** Takes the result of a wait: from the room of this process, or else from Adobe. */
export async function takeLogin(
  { room }: Dependencies,
  conversation: Conversation,
  asker: RequestAsker,
  { code, wanted }: { code: string; wanted: CodeWanted },
): Promise<LoginFound> {
  const result = room.take(asker, code);
  if (result) {
    const { calls, polls: _polls, failedPolls: _failed, ...found } = result;
    conversation.news.push({ kind: 'worked', calls });
    return found;
  }
  try {
    const profiles = await profilesByCode(conversation, code, wanted);
    return { outcome: profiles.length > 0 ? 'signed-in' : 'pending', profiles };
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    return { outcome: endOf(problem) ?? 'pending', profiles: [] };
  }
}
