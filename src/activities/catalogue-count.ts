import { createHash } from 'node:crypto';
import type { CataloguePage, TitleIssue } from '../aem/index.ts';

/** What a catalogue is made of, small enough for a history whatever its size. */
export interface CatalogueCount {
  titles: number;
  pages: number;
  /** Distinct channels of the titles that need a subscription. */
  channels: number;
  /** Titles that anybody may watch. */
  free: number;
  /** How many fragments make no title, by what is wrong with them. */
  problems: Partial<Record<TitleIssue['problem'] | 'duplicate-slug' | 'duplicate-asset', number>>;
  /** The first of them, for editors. */
  examples: { problem: string; path: string; slug?: string }[];
  /** Answers of AEM that had holes elsewhere. */
  partialPages: number;
}

/** Where a reading stands, as heartbeats carry it. */
export interface Progress {
  cursor?: string;
  count: CatalogueCount;
  /** Digests of slugs and of asset ids, and the channels: to find what comes twice. */
  seen: { slugs: string; assets: string; channels: string[] };
}

const EXAMPLES = 25;
/** Beyond this a heartbeat would grow too large, and a reading that breaks begins anew. */
const RESUMABLE_TITLES = 20_000;
/** 48 bits: 5,000 slugs meet by chance once in 20 million catalogues. */
const DIGEST_BYTES = 6;

/** Counts a catalogue page by page; keeps no title, only six bytes of each. */
export class Count {
  cursor: string | undefined;
  readonly #count: CatalogueCount;
  readonly #slugs: Set<string>;
  readonly #assets: Set<string>;
  readonly #channels: Set<string>;

  private constructor(progress?: Progress) {
    this.cursor = progress?.cursor;
    this.#count = progress?.count ?? {
      titles: 0,
      pages: 0,
      channels: 0,
      free: 0,
      problems: {},
      examples: [],
      partialPages: 0,
    };
    this.#slugs = unpacked(progress?.seen.slugs);
    this.#assets = unpacked(progress?.seen.assets);
    this.#channels = new Set(progress?.seen.channels);
  }

  /** Goes on where an earlier attempt stopped, or begins. */
  static from(progress: Progress | undefined): Count {
    return new Count(progress?.cursor === undefined ? undefined : progress);
  }

  add({ titles, issues, partial, endCursor }: CataloguePage): void {
    this.cursor = endCursor;
    this.#count.pages += 1;
    if (partial) this.#count.partialPages += 1;
    for (const { path, slug, problem } of issues) this.#note(problem, path, slug);
    for (const { slug, path, requiresAuth, channelResourceId, assetId } of titles) {
      this.#count.titles += 1;
      if (isKnown(this.#slugs, slug)) this.#note('duplicate-slug', path, slug);
      if (assetId !== undefined && isKnown(this.#assets, assetId)) {
        this.#note('duplicate-asset', path, slug);
      }
      if (!requiresAuth) this.#count.free += 1;
      else if (channelResourceId !== undefined) this.#channels.add(channelResourceId);
    }
    this.#count.channels = this.#channels.size;
  }

  /** What another worker needs to go on; undefined while there is nothing, or too much. */
  progress(): Progress | undefined {
    if (this.cursor === undefined || this.#count.titles > RESUMABLE_TITLES) return undefined;
    return {
      cursor: this.cursor,
      count: this.#count,
      seen: {
        slugs: [...this.#slugs].join(''),
        assets: [...this.#assets].join(''),
        channels: [...this.#channels],
      },
    };
  }

  result(): CatalogueCount {
    return this.#count;
  }

  #note(problem: keyof CatalogueCount['problems'], path: string, slug?: string): void {
    this.#count.problems[problem] = (this.#count.problems[problem] ?? 0) + 1;
    if (this.#count.examples.length >= EXAMPLES) return;
    this.#count.examples.push({ problem, path, ...(slug === undefined ? {} : { slug }) });
  }
}

/** Whether the set has it already; from now on it has. */
function isKnown(seen: Set<string>, value: string): boolean {
  const hash = createHash('sha256').update(value).digest();
  const digest = hash.subarray(0, DIGEST_BYTES).toString('base64');
  const known = seen.has(digest);
  seen.add(digest);
  return known;
}

/** Six bytes are eight characters of base64. */
function unpacked(text = ''): Set<string> {
  return new Set(text.match(/.{8}/g) ?? []);
}
