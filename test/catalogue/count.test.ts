import assert from 'node:assert/strict';
import type { CataloguePage } from '../../src/aem/index.ts';
import { Count } from '../../src/activities/catalogue-count.ts';
import { auditDetails } from '../../src/workflows/catalogue-audit-details.ts';
import { reportOf } from '../../src/workflows/catalogue-audit-report.ts';
import { title } from './support.ts';

const KIND = { kind: 'none', credential: 'none' } as const;

function pageOf(slugs: string[], rest: Partial<CataloguePage> = {}): CataloguePage {
  const titles = slugs.map((slug) => title({ slug, assetId: `asset of ${slug}` }));
  return {
    titles,
    issues: [],
    partial: false,
    errors: [],
    hasNextPage: true,
    endCursor: 'c',
    ...rest,
  };
}

describe('counting a catalogue', () => {
  it('is the same with a break between any two pages', () => {
    const pages = [
      ['a', 'b'],
      ['c', 'a'],
      ['d', 'b', 'b'],
    ].map((slugs) => pageOf(slugs));
    const whole = Count.from(undefined);
    for (const page of pages) whole.add(page);
    let broken = Count.from(undefined);
    for (const page of pages) {
      broken.add(page);
      // As it comes back from the server.
      broken = Count.from(JSON.parse(JSON.stringify(broken.progress())));
    }
    assert.deepEqual(broken.result(), whole.result());
    assert.deepEqual(whole.result().problems, { 'duplicate-slug': 3, 'duplicate-asset': 3 });
  });

  it('keeps a few examples of many problems, and a heartbeat far below the limit of 2 MB', () => {
    const count = Count.from(undefined);
    for (let page = 0; page < 50; page += 1) {
      const slugs = Array.from(
        { length: 100 },
        (_, index) => `a-title-with-a-long-slug-${page}-${index}`,
      );
      const issues = slugs.map((slug) => ({
        path: `/content/dam/tve/${slug}`,
        slug,
        problem: 'missing-channel' as const,
      }));
      count.add(pageOf(slugs, { issues }));
    }
    assert.equal(count.result().titles, 5_000);
    assert.equal(count.result().problems['missing-channel'], 5_000);
    assert.equal(count.result().examples.length, 25);
    assert.ok(JSON.stringify(count.progress()).length < 120_000);
  });

  it('of a catalogue too large for a heartbeat begins anew after a break', () => {
    const count = Count.from(undefined);
    for (let page = 0; page < 201; page += 1) {
      count.add(pageOf(Array.from({ length: 100 }, (_, index) => `${page}-${index}`)));
    }
    assert.equal(count.progress(), undefined);
    assert.equal(count.result().titles, 20_100);
  });
});

describe('the report of an audit', () => {
  const counted = Count.from(undefined);
  counted.add(
    pageOf(['a'], { issues: [{ path: '/a|b', slug: '<b>*x*</b>', problem: 'missing-title' }] }),
  );
  const count = counted.result();
  const at = Date.UTC(2026, 0, 2);

  it('is Markdown that texts of editors can not break', () => {
    const report = reportOf({ request: {}, previous: undefined, credential: KIND, count, at });
    const text = auditDetails(report);
    assert.match(text, /^\*\*1 errors, 0 warnings\*\*: 1 titles/);
    assert.ok(text.includes(String.raw`| /a\|b | missing-title | \<b\>\*x\*\</b\> |`), text);
  });

  for (const [days, severity] of [
    [31, undefined],
    [30, 'warning'],
    [7, 'error'],
    [-1, 'error'],
  ] as const) {
    it(`${severity ?? 'keeps silent'} when the certificate has ${days} days left`, () => {
      const credential = {
        kind: 'service-jwt' as const,
        credential: 'a@techacct.adobe.com',
        certificateDaysLeft: days,
        certificateNotAfter: at + days * 24 * 3_600_000,
      };
      const { findings } = reportOf({
        request: {},
        previous: undefined,
        credential,
        count: { ...count, problems: {} },
        at,
      });
      assert.equal(findings.find(({ code }) => code === 'certificate-ends')?.severity, severity);
    });
  }

  it('calls an empty catalogue an error, also the first time', () => {
    const empty = Count.from(undefined).result();
    const { findings } = reportOf({
      request: {},
      previous: undefined,
      credential: KIND,
      count: empty,
      at,
    });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['empty'],
    );
  });

  it('calls it shrunk by the percentage that was set', () => {
    const previous = { at: 0, titles: 100, baseline: { titles: 100, at: 0 } };
    const codes = (titles: number, shrinkPercent?: number) =>
      reportOf({
        request: shrinkPercent === undefined ? {} : { shrinkPercent },
        previous,
        credential: KIND,
        count: { ...count, titles, problems: {} },
        at,
      }).findings.map(({ code }) => code);
    assert.deepEqual(codes(80), []);
    assert.deepEqual(codes(79), ['shrunk']);
    assert.deepEqual(codes(79, 30), []);
    assert.deepEqual(codes(120), []);
  });
});
