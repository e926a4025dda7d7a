// How each of Adobe's requirements is held: `npm run checklist`. A test claims a requirement by its id
// in square brackets in the title of an `it` or a `describe`. `--write` makes docs/checklist.md anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { pageOf, PAGE } from './checklist/page.ts';
import { readClaims, readRows, wrongWith } from './checklist/rows.ts';

const rows = readRows();
const claims = readClaims();
const page = await pageOf(rows, claims);
if (process.argv.includes('--write')) writeFileSync(PAGE, page);

const wrong = wrongWith(rows, claims);
if (readFileSync(PAGE, 'utf8') !== page) {
  wrong.push('docs/checklist.md is not what rows and tests say: npm run checklist -- --write');
}
for (const problem of wrong) console.log(problem);
console.log(`${rows.length} requirements, ${wrong.length} problems`);
process.exitCode = wrong.length > 0 ? 1 : 0;
