import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pageOf, PAGE } from '../../scripts/checklist/page.ts';
import {
  claimsOf,
  headingsOf,
  readClaims,
  readRows,
  type Row,
  wrongWith,
} from '../../scripts/checklist/rows.ts';

const row = (more: Partial<Row> = {}): Row => ({
  id: 'AZ-01',
  level: 'must',
  rule: 'each play is asked for',
  ...more,
});
const claim = { id: 'AZ-01', file: 'test/a.test.ts', title: 'asks' };

describe('the checklist', () => {
  it('has all of the 150 requirements, each once', () => {
    const rows = readRows();
    assert.equal(rows.length, 150);
    assert.equal(new Set(rows.map(({ id }) => id)).size, 150);
  });

  it('has no claim beyond it, no setting that is not there and no link that leads nowhere', () => {
    const wrong = wrongWith(readRows(), readClaims());
    // What no test claims is for `npm run checklist` to say.
    assert.deepEqual(
      wrong.filter((problem) => !problem.includes('no test claims')),
      [],
    );
  });

  it('is the page that rows and tests make', async () => {
    const page = await pageOf(readRows(), readClaims());
    assert.ok(readFileSync(PAGE, 'utf8') === page, 'npm run checklist -- --write');
  });

  it('finds what nothing holds', () => {
    const wrong = (rows: Row[], claims = [claim]) => wrongWith(rows, claims);
    assert.deepEqual(wrong([row()]), []);
    assert.deepEqual(wrong([row()], []), ['AZ-01: no test claims "each play is asked for"']);
    assert.deepEqual(wrong([row(), row()]), ['AZ-01 is listed twice']);
    assert.match(wrong([])[0] ?? '', /AZ-01 is claimed by test\/a\.test\.ts, and is on no list/);
    assert.deepEqual(wrong([row({ setting: 'ADOBE_PASS_URL' })]), []);
    assert.match(wrong([row({ setting: 'ADOBE_PASS_UR' })])[0] ?? '', /no ADOBE_PASS_UR$/);
    assert.deepEqual(wrong([row({ operator: 'docs/going-live.md#what-the-player-does' })]), []);
    for (const operator of ['docs/going-live.md#what-it-does', 'docs/none.md#x', 'README.md']) {
      assert.match(wrong([row({ operator })])[0] ?? '', /there is no heading/);
    }
  });

  it('hears claims in the titles of tests and groups, and of no test that does not run', () => {
    const source = [
      "describe('plays [AZ-01, AZ-03]', () => {",
      "  it('asks Adobe\\'s word [AZ-05] [AZ-06]', () => {});",
      '  it(`asks ${what} [PRE-01]`, () => {});',
      "  it.skip('is skipped [REG-01]', () => {});",
      "  // it('was dropped [REG-02]', () => {});",
      '});',
    ].join('\n');
    assert.deepEqual(
      claimsOf('test/a.test.ts', source).map(({ id, title }) => `${id} ${title}`),
      [
        'AZ-01 plays',
        'AZ-03 plays',
        "AZ-05 asks Adobe's word",
        "AZ-06 asks Adobe's word",
        'PRE-01 asks ${what}',
      ],
    );
  });

  it('knows headings by the names that links have for them', () => {
    assert.deepEqual(headingsOf("# What `a` costs\n\n## Adobe's, and ours\ntext # none\n"), [
      'what-a-costs',
      'adobes-and-ours',
    ]);
  });
});
