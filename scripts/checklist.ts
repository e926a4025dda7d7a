// Which of Adobe's requirements have a test: `npm run checklist`. A test claims a requirement by its
// id in square brackets in the title of an `it` or a `describe`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Row {
  id: string;
  /** What is asked for, in a few words of ours. */
  rule: string;
  /** Why no test here can tell. */
  untestable?: string;
}

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The titles of all tests and groups of a source file. */
function titles(source: string): string[] {
  const title =
    /\b(?:it|describe)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
  return [...source.matchAll(title)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Titles of tests by the ids that they claim. */
function claims(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const folder = fileURLToPath(new URL('test/', root));
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    for (const title of titles(readFileSync(join(folder, file), 'utf8'))) {
      for (const [, ids = ''] of title.matchAll(/\[([A-Z0-9]+-\d+(?:[, ]+[A-Z0-9]+-\d+)*)\]/g)) {
        for (const id of ids.split(/[, ]+/)) found.set(id, [...(found.get(id) ?? []), title]);
      }
    }
  }
  return found;
}

const rows = JSON.parse(read('scripts/checklist.json')) as Row[];
const claimed = claims();
const exempt = rows.filter((row) => row.untestable !== undefined);
const missing = rows.filter(({ id, untestable }) => untestable === undefined && !claimed.has(id));
// An id that is on no list is a slip of the pen, or a row that nobody has claimed yet.
const unknown = [...claimed.keys()].filter((id) => !rows.some((row) => row.id === id)).sort();

for (const { id, rule } of missing) console.log(`no test  ${id.padEnd(7)} ${rule}`);
for (const { id, untestable = '' } of exempt) console.log(`exempt   ${id.padEnd(7)} ${untestable}`);
if (unknown.length > 0) console.log(`beyond the list: ${unknown.join(', ')}`);
const tested = rows.length - missing.length - exempt.length;
console.log(`${tested} of ${rows.length} requirements tested, ${missing.length} without a test`);
process.exitCode = missing.length > 0 ? 1 : 0;
