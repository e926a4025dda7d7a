/**
 * The id inside a resource: the text itself, or the title of an MRSS text ("Decisions", Resource
 * Identifier). Undefined when there is none.
 */
export function titleOf(resource: string): string | undefined {
  const text = resource.trim();
  if (!text.startsWith('<')) return text === '' ? undefined : text;
  const [, inner] = /^<rss\b[^]*?<title>([^]*?)<\/title>[^]*<\/rss>$/.exec(text) ?? [];
  const title = inner?.replace(/^<!\[CDATA\[([^]*)\]\]>$/, '$1').trim();
  return title === '' ? undefined : title;
}
