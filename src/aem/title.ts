import type { TitleFields } from './catalogue-settings.ts';
import { isRecord } from './json.ts';

/** A title of the catalogue, whatever the site's model calls its fields. */
export interface Title {
  /** Path of the fragment in AEM. */
  path: string;
  slug: string;
  title: string;
  /** False for titles that anybody may watch; true unless the fragment says otherwise. */
  requiresAuth: boolean;
  /** Channel-level resource id, for preauthorize. Absent only where `requiresAuth` is false. */
  channelResourceId?: string;
  /** Which form of resource id authorize takes: the channel's, or MRSS with the asset's. */
  authorizeWith: 'channel' | 'asset';
  /** There when `authorizeWith` is `asset`. */
  assetId?: string;
  rating?: { scheme: string; value: string };
  /** Epoch milliseconds. */
  availableFrom?: number;
  /** Epoch milliseconds. */
  availableTo?: number;
  poster?: string;
}

/** A fragment that makes no title, and why: for editors. */
export interface TitleIssue {
  path: string;
  slug?: string;
  problem:
    | 'missing-path'
    | 'missing-slug'
    | 'missing-title'
    | 'missing-channel'
    | 'malformed-channel'
    | 'missing-asset'
    | 'malformed-date';
}

/** Reads one fragment. Never guesses what decides over access: without it there is no title. */
export function readTitle(
  node: unknown,
  fields: TitleFields,
): { title: Title } | { issue: TitleIssue } {
  const text = (field: keyof TitleFields) => textOf(at(node, fields[field]));
  const path = text('path');
  const slug = text('slug');
  const name = text('title');
  const issue = (problem: TitleIssue['problem']) => ({
    issue: { path: path ?? '', ...(slug !== undefined && { slug }), problem },
  });
  if (path === undefined) return issue('missing-path');
  if (slug === undefined) return issue('missing-slug');
  if (name === undefined) return issue('missing-title');

  const requiresAuth = !isFalse(at(node, fields.requiresAuth));
  const channelResourceId = text('channelResourceId');
  if (requiresAuth && channelResourceId === undefined) return issue('missing-channel');
  if (channelResourceId !== undefined && !isChannelId(channelResourceId)) {
    return issue('malformed-channel');
  }
  const authorizeWith = text('authorizeWith') === 'asset' ? 'asset' : 'channel';
  const assetId = text('assetId');
  if (requiresAuth && authorizeWith === 'asset' && assetId === undefined) {
    return issue('missing-asset');
  }
  const availableFrom = timeOf(text('availableFrom'));
  const availableTo = timeOf(text('availableTo'));
  if (Number.isNaN(availableFrom) || Number.isNaN(availableTo)) return issue('malformed-date');

  const poster = text('poster');
  const value = text('ratingValue');
  const title: Title = { path, slug, title: name, requiresAuth, authorizeWith };
  if (channelResourceId !== undefined) title.channelResourceId = channelResourceId;
  if (assetId !== undefined) title.assetId = assetId;
  if (value !== undefined) title.rating = { scheme: text('ratingScheme') ?? '', value };
  if (availableFrom !== undefined) title.availableFrom = availableFrom;
  if (availableTo !== undefined) title.availableTo = availableTo;
  if (poster !== undefined) title.poster = poster;
  return { title };
}

/** Follows a dotted path; undefined where it ends early. */
function at(node: unknown, path: string | null): unknown {
  return path
    ?.split('.')
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), node);
}

/** Trimmed text, also of numbers and of multi-line fields; undefined when there is none. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  const text = isRecord(value) ? value['plaintext'] : value;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

function isFalse(value: unknown): boolean {
  return value === false || value === 'false';
}

/** Adobe Pass preauthorizes plain channel names, not XML (`decisions`, Resource Identifier). */
function isChannelId(text: string): boolean {
  return text.length <= 256 && !/[<>\p{Cc}]/u.test(text);
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
