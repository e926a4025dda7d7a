/**
 * A SAML response as Adobe takes it: blanks and tabs together are one blank, line breaks are none, and
 * the whole is Base64 of UTF-8, to be percent-encoded once by whoever sends it
 * (`apple-sso-cookbook-rest-api-v2`). An app may have made Base64 of it already; line breaks that some
 * libraries put there are dropped.
 *
 * @param given - XML as the partner's framework gave it, or Base64 of it
 * @returns undefined for anything else
 */
export function preparedSamlResponse(given: string): string | undefined {
  const xml = isXml(given) ? given : decoded(given);
  if (xml === undefined) return undefined;
  const line = xml
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/[\r\n]/g, '')
    .trim();
  return Buffer.from(line, 'utf8').toString('base64');
}

function isXml(text: string): boolean {
  return text.trimStart().startsWith('<');
}

function decoded(text: string): string | undefined {
  const base64 = text.replaceAll(/\s/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const xml = Buffer.from(base64, 'base64').toString('utf8');
  return isXml(xml) ? xml : undefined;
}
