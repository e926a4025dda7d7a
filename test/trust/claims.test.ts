import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** `file`: "title", as SECURITY.md names the test of a claim. */
const NAMED = /`(test\/[\w./-]+\.test\.ts)`:\s+"([^"]+)"/g;

describe('SECURITY.md', () => {
  it('names tests that exist, for each claim', () => {
    const text = readFileSync(resolve(ROOT, 'SECURITY.md'), 'utf8');
    const named = [...text.matchAll(NAMED)];
    assert.ok(named.length > 30, `only ${named.length} tests`);
    for (const [, file = '', title = ''] of named) {
      const source = readFileSync(resolve(ROOT, file), 'utf8').replaceAll('’', "'");
      const wanted = title.replaceAll(/\s+/g, ' ');
      assert.ok(source.includes(wanted), `${file} has no test "${wanted}"`);
    }
    const claims = text.split('\n').filter((line) => /^\| (?!claim|-)/.test(line));
    for (const claim of claims) assert.match(claim, new RegExp(NAMED.source), claim);
  });
});
