import assert from 'node:assert/strict';
import type { Catalogue, CataloguePage as AemPage } from '../../src/aem/index.ts';
import { createTitles } from '../../src/catalogue/index.ts';
import { eventually } from '../support/stack.ts';
import { title } from './support.ts';

const MINUTE = 60_000;
/** The cache takes a clock that shows 0 for none. */
const BEGIN = Date.UTC(2026, 0, 1);

/** A catalogue on a clock that stands still, which fails or hangs when told so. */
function setting() {
  const state = { now: BEGIN, asked: 0, down: false, hangs: false, slug: 'first' };
  const page = async (): Promise<AemPage> => {
    state.asked += 1;
    if (state.hangs) await new Promise(() => {});
    if (state.down) throw new Error('AEM is away');
    const titles = [title({ slug: state.slug })];
    return { titles, issues: [], partial: false, errors: [], hasNextPage: true, endCursor: 'more' };
  };
  const catalogue = {
    page,
    bySlug: async (slug: string) => title({ slug }),
  } as unknown as Catalogue;
  const titles = createTitles(catalogue, { now: () => state.now });
  return { state, titles, slugs: async () => (await titles.page()).titles.map(({ slug }) => slug) };
}

describe('a page of titles', () => {
  it('is read once for everybody who asks at once, and for a minute', async () => {
    const { state, titles } = setting();
    const [page] = await Promise.all([1, 2, 3].map(() => titles.page()));
    state.now += 59_000;
    await titles.page();
    assert.equal(state.asked, 1);
    assert.equal(page?.next, 'more');
    assert.equal(page.stale, false);
  });

  it('is given at once when it is older, and renewed beside', async () => {
    const { state, slugs } = setting();
    await slugs();
    Object.assign(state, { now: BEGIN + 2 * MINUTE, slug: 'second' });
    assert.deepEqual(await slugs(), ['first']);
    await eventually(async () => (await slugs())[0] === 'second', 'the new page is there');
    assert.equal(state.asked, 2);
  });

  it('that nobody asked for in a while is read before it is given', async () => {
    const { state, slugs } = setting();
    await slugs();
    Object.assign(state, { now: BEGIN + 11 * MINUTE, slug: 'second' });
    assert.deepEqual(await slugs(), ['second']);
  });

  it('outlives an AEM that is away, and says that it is old', async () => {
    const { state, titles } = setting();
    await titles.page();
    Object.assign(state, { now: BEGIN + 60 * MINUTE, down: true });
    const { stale, readAt, titles: found } = await titles.page();
    assert.equal(stale, true);
    assert.equal(readAt, BEGIN);
    assert.equal(found.length, 1);
  });

  it('makes nobody wait for an AEM that was away a moment ago, and is asked for again beside', async () => {
    const { state, titles } = setting();
    await titles.page();
    Object.assign(state, { now: BEGIN + 60 * MINUTE, down: true });
    await titles.page();
    assert.equal(state.asked, 2);
    for (let call = 0; call < 20; call += 1) assert.equal((await titles.page()).stale, true);
    assert.equal(state.asked, 2, 'AEM is left in peace for a while');
    Object.assign(state, { now: state.now + 6_000, hangs: true });
    for (let call = 0; call < 20; call += 1) assert.equal((await titles.page()).stale, true);
    assert.equal(state.asked, 3, 'one question, and nobody waits for its answer');
  });

  it('that was asked for all along makes nobody wait when the outage grows long', async () => {
    const { state, titles } = setting();
    await titles.page();
    state.down = true;
    for (let minute = 2; minute <= 9; minute += 1) {
      state.now = BEGIN + minute * MINUTE;
      assert.equal((await titles.page()).stale, false);
      await eventually(() => state.asked === minute, 'renewed beside');
    }
    Object.assign(state, { now: BEGIN + 11 * MINUTE, hangs: true });
    assert.equal((await titles.page()).stale, true);
  });

  it('is renewed once AEM is back, and then read before it is given when it has grown old', async () => {
    const { state, titles, slugs } = setting();
    await titles.page();
    Object.assign(state, { now: BEGIN + 60 * MINUTE, down: true });
    await titles.page();
    Object.assign(state, { now: state.now + 6_000, down: false, slug: 'second' });
    assert.deepEqual(await slugs(), ['first']);
    await eventually(async () => (await slugs())[0] === 'second', 'the new page is there');
    assert.equal((await titles.page()).stale, false);
    Object.assign(state, { now: state.now + 20 * MINUTE, slug: 'third' });
    assert.deepEqual(await slugs(), ['third']);
  });

  it('that was never read fails at once with what AEM said, and is asked for again soon', async () => {
    const { state, titles } = setting();
    state.down = true;
    for (let call = 0; call < 5; call += 1) await assert.rejects(titles.page(), /AEM is away/);
    assert.equal(state.asked, 1);
    await assert.rejects(titles.page({ first: 10 }), /AEM is away/);
    assert.equal(state.asked, 2, 'what fails for one page may be its own trouble');
    Object.assign(state, { now: state.now + 6_000, hangs: true });
    void titles.page();
    await assert.rejects(titles.page(), /AEM is away/, 'one caller tries, the others do not wait');
    Object.assign(state, { now: state.now + 6_000, hangs: false, down: false });
    assert.equal((await titles.page({ first: 10 })).titles.length, 1);
  });

  it('is not kept for ever: after a day the error is told', async () => {
    const { state, titles } = setting();
    await titles.page();
    Object.assign(state, { now: BEGIN + 25 * 60 * MINUTE, down: true });
    await assert.rejects(titles.page(), /AEM is away/);
    await assert.rejects(titles.page(), /AEM is away/);
  });

  it('is another for another cursor or size', async () => {
    const { state, titles } = setting();
    await titles.page();
    await titles.page({ after: 'more' });
    await titles.page({ first: 10 });
    assert.equal(state.asked, 3);
  });
});
