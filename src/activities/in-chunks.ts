import { LRUCache } from 'lru-cache';
import { AdobePassError, type Decision, isRetryable } from '../adobe-pass/index.ts';
import { OutOfTime } from './failures.ts';

/** How many resources a preauthorize call may hold, by MVPD. */
export interface ChunkLimits {
  of: (mvpd: string) => number;
  /** Adobe said `too_many_resources` for a call of this size. */
  refused: (mvpd: string, size: number) => void;
}

/** The limits of the settings, and what Adobe taught since: a refused size is halved. */
export function chunkLimits(
  preauthorizeChunk: number,
  preauthorizeLimits: Readonly<Record<string, number>>,
): ChunkLimits {
  const learned = new LRUCache<string, number>({ max: 1_000 });
  const set = (mvpd: string) =>
    Object.hasOwn(preauthorizeLimits, mvpd)
      ? (preauthorizeLimits[mvpd] ?? preauthorizeChunk)
      : preauthorizeChunk;
  return {
    of: (mvpd) => Math.min(set(mvpd), learned.get(mvpd) ?? Infinity),
    refused: (mvpd, size) => learned.set(mvpd, Math.max(1, Math.floor(size / 2))),
  };
}

/**
 * Preauthorizes a list in as few calls as its limit allows (S2S-28). Where a later call finds Adobe
 * throttled, slow or away, what was decided stands, and the resources that are left say `retry`.
 *
 * @throws what the first call throws, and whatever repeating can't mend
 */
export async function inChunks(
  limits: ChunkLimits,
  mvpd: string,
  resources: readonly string[],
  decide: (chunk: string[]) => Promise<Decision[]>,
): Promise<Decision[]> {
  const decided: Decision[] = [];
  for (let start = 0; start < resources.length;) {
    const size = Math.min(limits.of(mvpd), resources.length - start);
    const chunk = resources.slice(start, start + size);
    try {
      const decisions = await decide(chunk);
      if (isTooMany(decisions) && size > 1) {
        limits.refused(mvpd, size);
        continue;
      }
      decided.push(...decisions);
      start += size;
    } catch (error) {
      if (error instanceof AdobePassError && error.code === TOO_MANY && size > 1) {
        limits.refused(mvpd, size);
      } else if (start > 0 && mayWait(error)) {
        return [...decided, ...resources.slice(start).map(undecided)];
      } else {
        throw error;
      }
    }
  }
  return decided;
}

const TOO_MANY = 'too_many_resources';

/** Adobe doesn't say whether this stands at the top of the body or at each item. */
function isTooMany(decisions: readonly Decision[]): boolean {
  return decisions.some(({ error }) => error?.code === TOO_MANY);
}

/** No denial: Adobe was not asked, or did not answer. */
function undecided(resource: string): Decision {
  const message = 'no answer from Adobe Pass in time: ask again for this resource';
  const error = { code: 'deadline_exceeded', action: 'retry', status: 503, message };
  return { resource, authorized: false, source: '', error };
}

function mayWait(error: unknown): boolean {
  return error instanceof OutOfTime || (error instanceof AdobePassError && isRetryable(error));
}
