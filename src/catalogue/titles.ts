import { LRUCache } from 'lru-cache';
import type { Catalogue, Title, TitleIssue } from '../aem/index.ts';

/** Which page of the catalogue. */
export interface PageRequest {
  /** `next` of the page before; absent for the first. */
  after?: string | undefined;
  /** Titles a page, 1 to 100. Default: the settings' page size. */
  first?: number | undefined;
}

/** A page as AEM gave it last. */
export interface TitlePage {
  titles: Title[];
  issues: TitleIssue[];
  /** `after` of the next page; absent on the last. */
  next?: string;
  /** When AEM gave it, ms since the epoch. */
  readAt: number;
  /** True when AEM could not be asked lately: what is shown is what was there before. */
  stale: boolean;
}

/** Pages and titles from memory, kept up beside those who ask. Rejects as {@link Catalogue} does. */
export interface Titles {
  page(request?: PageRequest): Promise<TitlePage>;
  /** Undefined when AEM has no such title. */
  bySlug(slug: string): Promise<Title | undefined>;
}

export interface TitlesOptions {
  /** How long a page is given out without asking AEM, ms. Default 60 000. */
  freshMs?: number;
  /** Until then an old page is given at once and renewed beside it, ms. Default 600 000. */
  renewBesideMs?: number;
  /** How long pages outlive an AEM that is away, ms. Default 24 h. */
  keepMs?: number;
  /** For so long after a failure AEM isn't asked for the same again, ms. Default 5 000. */
  pauseMs?: number;
  now?: () => number;
}

const MAX_PAGES = 1_000;
const MAX_TITLES = 10_000;

/**
 * Puts a memory before a catalogue. Nobody waits for an AEM that is known to be away: what was read
 * once is given at once, and what was not fails at once with what AEM failed with last.
 */
export function createTitles(catalogue: Catalogue, options: TitlesOptions = {}): Titles {
  const { freshMs = 60_000, renewBesideMs = 600_000, keepMs = 24 * 3_600_000 } = options;
  const { pauseMs = 5_000, now = Date.now } = options;

  function memory<K extends string, V extends { readAt: number }>(
    max: number,
    read: (key: K) => Promise<V>,
  ) {
    /** What AEM failed with last, until it answers again. */
    const failures = new LRUCache<K, { error: unknown; at: number }>({ max });
    const kept = new LRUCache<K, V>({
      max,
      ttl: freshMs,
      perf: { now },
      ttlResolution: 0,
      fetchMethod: async (key) => {
        try {
          const value = await read(key);
          failures.delete(key);
          return value;
        } catch (error) {
          failures.set(key, { error, at: now() });
          throw error;
        }
      },
      noDeleteOnStaleGet: true,
      noDeleteOnFetchRejection: true,
    });
    return async (key: K): Promise<V> => {
      const before = kept.peek(key, { allowStale: true });
      const age = before ? now() - before.readAt : Infinity;
      const failure = failures.get(key);
      const usable = age <= keepMs;
      if (failure && now() - failure.at < pauseMs) {
        if (before && usable) return before;
        throw failure.error;
      }
      // One caller finds out whether AEM is back; the others don't wait for the answer.
      if (failure) failure.at = now();
      return kept.forceFetch(key, {
        allowStale: age <= renewBesideMs || (usable && failure !== undefined),
        allowStaleOnFetchRejection: usable,
      });
    };
  }

  const page = memory<string, Omit<TitlePage, 'stale'>>(MAX_PAGES, async (key) => {
    const [after, first] = JSON.parse(key) as [string | null, number | null];
    const { titles, issues, endCursor, hasNextPage } = await catalogue.page({
      ...(after === null ? {} : { after }),
      ...(first === null ? {} : { first }),
    });
    const next = hasNextPage && endCursor !== undefined ? { next: endCursor } : {};
    return { titles, issues, readAt: now(), ...next };
  });
  const bySlug = memory(MAX_TITLES, async (slug: string) => {
    return { title: await catalogue.bySlug(slug), readAt: now() };
  });

  return {
    async page({ after = null, first = null }: { after?: unknown; first?: unknown } = {}) {
      const found = await page(JSON.stringify([after, first]));
      return { ...found, stale: now() - found.readAt > renewBesideMs };
    },
    async bySlug(slug) {
      return (await bySlug(slug)).title;
    },
  };
}
