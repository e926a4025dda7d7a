import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PAGE, pageOf } from '../../scripts/error-codes/page.ts';
import { dcrCodes, v2Codes } from '../../src/error-codes/index.ts';

describe('the page of error codes', () => {
  it('is what the table says', async () => {
    assert.ok(readFileSync(PAGE, 'utf8') === (await pageOf()), 'npm run error-codes -- --write');
  });

  it('names every code once, and changes with the table', async () => {
    const page = await pageOf();
    for (const { code } of v2Codes) assert.equal(page.split(`- \`${code}\``).length, 2, code);
    for (const { code } of dcrCodes) assert.ok(page.includes(`- \`${code}\``), code);
    const [first, ...others] = v2Codes;
    assert.ok(first);
    assert.notEqual(await pageOf([{ ...first, status: 403 }, ...others]), page);
    assert.notEqual(await pageOf(v2Codes, dcrCodes.slice(1)), page);
  });
});
