/**
 * Where a path or a URL from an answer leads, if that is the host that answered, or one of `others`
 * (origins). Undefined for every other host, scheme or port, for a user in it, and for what isn't a
 * URL. Only a parsed URL may be trusted so: parsers take backslashes for slashes and leave out tabs
 * and line breaks, so that texts that look like a path lead elsewhere.
 */
export function onHost(
  given: unknown,
  answeredBy: string,
  others: readonly string[] = [],
): URL | undefined {
  if (typeof given !== 'string' || !URL.canParse(given, answeredBy)) return undefined;
  const url = new URL(given, answeredBy);
  const isNear = url.origin === new URL(answeredBy).origin || others.includes(url.origin);
  const isPlain = /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isNear && isPlain ? url : undefined;
}
