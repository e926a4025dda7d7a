/**
 * Finds the answer to each resource that was asked for, in that order. Answers bring ids back with
 * other blanks, in another case, or as MRSS written differently; an answer nobody asked for is left
 * out, and one answer may do for two spellings of an id (`decisions`, "Resource identifier").
 */
export function answersInOrder<T extends { resource?: string | undefined }>(
  asked: readonly string[],
  answers: readonly T[],
): [string, T][] {
  return asked.flatMap((resource): [string, T][] => {
    for (const spelling of spellings) {
      const wanted = spelling(resource);
      const found = answers.find((answer) => spelling(answer.resource ?? '') === wanted);
      if (found) return [[resource, found]];
    }
    // An answer without an id can only be that of the one resource there is.
    const [only] = answers;
    const isOnly = asked.length === 1 && answers.length === 1;
    return isOnly && only && only.resource === undefined ? [[resource, only]] : [];
  });
}

/** From the strictest to the loosest: of two ids that differ in case each finds its own. */
const spellings: ((resource: string) => string)[] = [
  (resource) => resource,
  (resource) => resource.trim(),
  (resource) => resource.trim().toLowerCase(),
  (resource) => plain(resource),
  (resource) => withoutBlanks(resource),
  // `REF30` stands for the MRSS document that has but this title.
  (resource) => withoutBlanks(titleOf(resource) ?? resource),
];

function plain(resource: string): string {
  return unescaped(resource).normalize('NFC').trim().toLowerCase();
}

/** Whatever a printer of XML may do: blanks, quotes, a declaration. */
function withoutBlanks(resource: string): string {
  return plain(resource)
    .replace(/^<\?xml[^>]*>/, '')
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, '');
}

function titleOf(resource: string): string | undefined {
  // A rating makes it another resource.
  if (/<[\w:]*rating\b/i.test(resource)) return undefined;
  const title = /<title[^>]*>\s*(?:<!\[CDATA\[)?([\s\S]*?)(?:\]\]>)?\s*<\/title>/i.exec(resource);
  return title?.[1];
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescaped(text: string): string {
  return text
    .replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replaceAll(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
