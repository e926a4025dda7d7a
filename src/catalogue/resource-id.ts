import type { Title } from '../aem/index.ts';

/**
 * The one resource id that authorize takes for a title: the channel's name, or, where the contract
 * with the providers asks for it, MRSS with the asset and its rating ("Decisions", Resource
 * Identifier). Built here, never by editors: a blank or an entity too much is another resource.
 *
 * @returns undefined for a title that needs no authorization
 */
export function resourceIdOf(title: Title): string | undefined {
  const { requiresAuth, channelResourceId, authorizeWith, assetId, rating } = title;
  if (!requiresAuth || channelResourceId === undefined) return undefined;
  if (authorizeWith === 'channel' || assetId === undefined) return channelResourceId;
  const rated =
    rating === undefined
      ? ''
      : `<media:rating scheme="${xml(rating.scheme)}">${xml(rating.value)}</media:rating>`;
  return (
    '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/">' +
    `<channel><title>${xml(channelResourceId)}</title>` +
    `<item><title>${xml(title.title)}</title><guid>${xml(assetId)}</guid>${rated}</item>` +
    '</channel></rss>'
  );
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0: escaped, and without the characters that no escape makes legal. */
function xml(text: string): string {
  return text

    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
