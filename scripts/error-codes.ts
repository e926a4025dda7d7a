// Makes docs/error-codes.md of the table in src/error-codes: `npm run error-codes -- --write`.
import { readFileSync, writeFileSync } from 'node:fs';
import { PAGE, pageOf } from './error-codes/page.ts';

const page = await pageOf();
if (process.argv.includes('--write')) writeFileSync(PAGE, page);
if (readFileSync(PAGE, 'utf8') !== page) {
  console.log(
    'docs/error-codes.md is not what src/error-codes says: npm run error-codes -- --write',
  );
  process.exitCode = 1;
}
