import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One requirement of Adobe's, and how it is held: by tests, unless it names something else. */
export interface Row {
  id: string;
  level: 'must' | 'should' | 'may';
  /** What is asked for, in a few words of ours. */
  rule: string;
  /** The variable that holds it. */
  setting?: string;
  /** What operators and apps have to do: the page that says so, `docs/page.md#heading`. */
  operator?: string;
}

/** A test, or a group of them, whose title names the id of a requirement in brackets. */
export interface Claim {
  id: string;
  /** From the root of the repository. */
  file: string;
  title: string;
}

export const root = new URL('../../', import.meta.url);

export function readRows(): Row[] {
  return JSON.parse(readFileSync(new URL('scripts/checklist.json', root), 'utf8')) as Row[];
}

const TITLE =
  /^(.*?)\b(?:it|describe)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gm;

/** The claims of a source file. What is commented out, skipped or pending claims nothing. */
export function claimsOf(file: string, source: string): Claim[] {
  return [...source.matchAll(TITLE)].flatMap(([, before = '', ...quoted]) => {
    if (/^\s*(\/\/|\*|\/\*)/.test(before)) return [];
    const written = quoted.find((text) => text !== undefined) ?? '';
    const title = written.replaceAll(/\\(.)/g, '$1');
    const brackets = [...title.matchAll(/\[([A-Z0-9]+-\d+(?:[, ]+[A-Z0-9]+-\d+)*)\]/g)];
    const ids = brackets.flatMap(([, list = '']) => list.split(/[, ]+/));
    return ids.map((id) => ({ id, file, title: withoutIds(title) }));
  });
}

function withoutIds(title: string): string {
  return title.replaceAll(/\s*\[[A-Z0-9]+-\d+[^\]]*\]/g, '');
}

/** The claims of all tests, by file and place. */
export function readClaims(): Claim[] {
  const folder = fileURLToPath(new URL('test/', root));
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // The checklist's own tests have titles in texts, which hold nothing.
      .filter((file) => file.endsWith('.test.ts') && !file.startsWith('checklist'))
      .sort()
      .flatMap((file) => claimsOf(join('test', file), readFileSync(join(folder, file), 'utf8')))
  );
}

/** What is wrong with the list: rows that nothing holds, and claims of what no row asks for. */
export function wrongWith(rows: readonly Row[], claims: readonly Claim[]): string[] {
  const ids = rows.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const strangers = claims.filter(({ id }) => !ids.includes(id));
  return [
    ...twice.map((id) => `${id} is listed twice`),
    ...strangers.map(({ id, file }) => `${id} is claimed by ${file}, and is on no list`),
    ...rows.flatMap((row) => wrongWithRow(row, claims)),
  ];
}

function wrongWithRow({ id, rule, setting, operator }: Row, claims: readonly Claim[]): string[] {
  if (setting !== undefined) {
    return isSetting(setting) ? [] : [`${id}: .env.example has no ${setting}`];
  }
  if (operator !== undefined) {
    return isHeading(operator) ? [] : [`${id}: there is no heading ${operator}`];
  }
  return claims.some((claim) => claim.id === id) ? [] : [`${id}: no test claims "${rule}"`];
}

/** Another test compares .env.example with the schemas. */
function isSetting(name: string): boolean {
  const example = readFileSync(new URL('.env.example', root), 'utf8');
  return new RegExp(`^${name}=`, 'm').test(example);
}

function isHeading(place: string): boolean {
  const [page = '', anchor = ''] = place.split('#');
  const file = new URL(page, root);
  return existsSync(file) && headingsOf(readFileSync(file, 'utf8')).includes(anchor);
}

/** The anchors of a page's headings, as GitHub makes them. */
export function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}
