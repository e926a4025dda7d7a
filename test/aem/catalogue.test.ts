import assert from 'node:assert/strict';
import { createCatalogue } from '../../src/aem/index.ts';
import type { Title } from '../../src/aem/index.ts';
import { catalogueOf, cleanUp, code, environment, scripted } from './support.ts';

const pageInfo = (endCursor: string | null, hasNextPage = true) => ({
  edges: [],
  pageInfo: { endCursor, hasNextPage },
});

async function read(catalogue: ReturnType<typeof createCatalogue>) {
  const titles: Title[] = [];
  for await (const page of catalogue.pages()) titles.push(...page.titles);
  return titles;
}

describe('pages of the catalogue', () => {
  afterEach(cleanUp);

  it('come one after the other, every title once, the first without a cursor', async () => {
    const sandbox = await environment({ titles: 230 });
    const titles = await read(catalogueOf(sandbox, { pageSize: 100 }));
    const open = sandbox.fragments.filter(({ membersOnly }) => !membersOnly);
    assert.deepEqual(
      titles.map(({ path }) => path),
      open.map(({ path }) => path),
    );
    assert.deepEqual(
      sandbox.requests.map(({ path }) => path.includes('after')),
      [false, true, true],
    );
  });

  it('resume at a cursor', async () => {
    const sandbox = await environment();
    const catalogue = catalogueOf(sandbox);
    const { endCursor } = await catalogue.page();
    const second = await catalogue.page({ after: endCursor });
    const resumed = await catalogue.pages({ after: endCursor }).next();
    assert.deepEqual(resumed.value, second);
  });

  it('have 100 titles at most', async () => {
    const sandbox = await environment();
    const catalogue = catalogueOf(sandbox);
    assert.equal((await catalogue.page({ first: 100 })).titles.length, 100);
    for (const first of [101, 0, 1.5, Number.NaN]) {
      await assert.rejects(catalogue.page({ first }), code('invalid_request'));
    }
    assert.equal(sandbox.requests.length, 1);
    assert.throws(() => catalogueOf(sandbox, { pageSize: 101 }));
  });

  it('end when nobody asks for more', async () => {
    const sandbox = await environment({ titles: 1000 });
    for await (const { titles } of catalogueOf(sandbox).pages()) {
      if (titles.length > 0) break;
    }
    assert.equal(sandbox.requests.length, 1);
  });

  for (const kind of ['same-cursor', 'empty-cursor'] as const) {
    it(`do not go round in circles: ${kind}`, async () => {
      const sandbox = await environment();
      sandbox.faults.set({ kind, times: 100 });
      await assert.rejects(read(catalogueOf(sandbox)), code('cursor_loop', { retryable: true }));
      assert.ok(sandbox.requests.length <= 2);
    });
  }

  it('do not go round in larger circles either, nor back to where they resumed', async () => {
    const circle = scripted(['a', 'b', 'c', 'a'].map((cursor) => pageInfo(cursor)));
    await assert.rejects(read(createCatalogue(circle.aem)), code('cursor_loop'));
    assert.equal(circle.asked.length, 4);
    const back = scripted([pageInfo('z')]);
    const pages = createCatalogue(back.aem).pages({ after: 'z' });
    await assert.rejects(pages.next(), code('cursor_loop'));
  });

  it('end with a last page that has no cursor', async () => {
    const { aem } = scripted([pageInfo('a'), pageInfo(null, false)]);
    assert.deepEqual(await read(createCatalogue(aem)), []);
  });

  it('that are no pages are refused', async () => {
    for (const field of [{}, { edges: [] }, { edges: {}, pageInfo: {} }]) {
      const { aem } = scripted([field]);
      await assert.rejects(createCatalogue(aem).page(), code('invalid_answer'));
    }
  });
});

describe('a page with holes', () => {
  afterEach(cleanUp);

  it('is kept, with its errors, when only a poster is missing', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'partial', field: 'poster' });
    const { titles, partial, errors } = await catalogueOf(sandbox).page();
    assert.equal(titles.length, 50);
    assert.deepEqual([partial, errors.length], [true, 1]);
  });

  for (const field of ['channelResourceId', 'requiresAuth', 'availableFrom', 'ratingValue']) {
    it(`is refused when ${field} is missing: no title may look free for it`, async () => {
      const sandbox = await environment();
      sandbox.faults.set({ kind: 'partial', field });
      await assert.rejects(
        catalogueOf(sandbox).page(),
        code('partial_data', { status: undefined, retryable: true }),
      );
    });
  }

  for (const field of ['authorizeWith', 'availableTo', 'ratingValue']) {
    it(`is refused as a single title too, when ${field} is missing`, async () => {
      const sandbox = await environment();
      const [fragment] = sandbox.fragments.filter(({ membersOnly }) => !membersOnly);
      const slug = String(fragment?.fields.slug);
      sandbox.faults.set({ kind: 'partial', field });
      await assert.rejects(
        catalogueOf(sandbox).bySlug(slug),
        code('partial_data', { status: undefined, retryable: true }),
      );
      assert.equal((await catalogueOf(sandbox).bySlug(slug))?.slug, slug);
    });
  }
});
