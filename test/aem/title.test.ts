import assert from 'node:assert/strict';
import { createCatalogue } from '../../src/aem/index.ts';
import type { Fragment } from '../../src/sandbox/aem/index.ts';
import { catalogueOf, cleanUp, code, environment, fixed, scripted } from './support.ts';

function firstOf(fragments: Fragment[]): Fragment {
  return fragments[0] ?? assert.fail('an empty catalogue');
}

describe('a title', () => {
  afterEach(cleanUp);

  it('has what deciding over access needs', async () => {
    const sandbox = await environment();
    const fragment = firstOf(sandbox.fragments);
    Object.assign(fragment.fields, {
      channelResourceId: ' city-news ',
      requiresAuth: true,
      authorizeWith: 'asset',
      availableFrom: '2026-05-01T02:00:00.000+02:00',
    });
    const { titles } = await catalogueOf(sandbox).page();
    assert.deepEqual(titles[0], {
      path: fragment.path,
      slug: fragment.fields.slug,
      title: fragment.fields.title,
      requiresAuth: true,
      channelResourceId: 'city-news',
      authorizeWith: 'asset',
      assetId: fragment.fields.assetId,
      rating: { scheme: 'urn:v-chip', value: fragment.fields.ratingValue },
      availableFrom: Date.UTC(2026, 4, 1),
      poster: fragment.fields.poster?._publishUrl,
    });
  });

  it('without its word on it needs a subscription', async () => {
    const sandbox = await environment();
    const { fields } = firstOf(sandbox.fragments);
    Object.assign(fields, { requiresAuth: null, channelResourceId: 'city-news' });
    assert.equal((await catalogueOf(sandbox).page()).titles[0]?.requiresAuth, true);
  });

  const flawed: [Partial<Fragment['fields']>, string][] = [
    [{ channelResourceId: null, requiresAuth: true }, 'missing-channel'],
    [{ channelResourceId: '  ', requiresAuth: null }, 'missing-channel'],
    [{ channelResourceId: '<rss/>' }, 'malformed-channel'],
    [{ slug: null }, 'missing-slug'],
    [{ title: '' }, 'missing-title'],
    [{ availableTo: 'soon' }, 'malformed-date'],
    [
      { authorizeWith: 'asset', assetId: null, requiresAuth: true, channelResourceId: 'x' },
      'missing-asset',
    ],
  ];
  for (const [fields, problem] of flawed) {
    it(`is left out and reported: ${problem} ${JSON.stringify(fields)}`, async () => {
      const sandbox = await environment();
      const fragment = firstOf(sandbox.fragments);
      Object.assign(fragment.fields, fields);
      const { titles, issues } = await catalogueOf(sandbox).page();
      assert.equal(titles.length, 49);
      assert.deepEqual(
        issues.map((issue) => [issue.path, issue.problem]),
        [[fragment.path, problem]],
      );
    });
  }

  it('is found by its slug, undefined when there is none', async () => {
    const sandbox = await environment();
    const { fields, path } = firstOf(sandbox.fragments);
    const catalogue = catalogueOf(sandbox);
    assert.equal((await catalogue.bySlug(fields.slug ?? ''))?.path, path);
    assert.equal(await catalogue.bySlug('no-such-title'), undefined);
  });

  it('is not guessed between two of the same slug', async () => {
    const sandbox = await environment();
    const [one, two] = sandbox.fragments;
    assert.ok(one && two);
    two.fields.slug = one.fields.slug;
    const asked = catalogueOf(sandbox).bySlug(one.fields.slug ?? '');
    await assert.rejects(asked, code('duplicate_slug'));
  });

  it('is an error of its own when the fragment makes none', async () => {
    const sandbox = await environment();
    const { fields } = firstOf(sandbox.fragments);
    Object.assign(fields, { channelResourceId: null, requiresAuth: true });
    const asked = catalogueOf(sandbox).bySlug(fields.slug ?? '');
    await assert.rejects(asked, code('invalid_title'));
  });

  it('is the same under other names: a site with a model of its own', async () => {
    const starter = await environment();
    const expected = await catalogueOf(starter).page();
    const fieldNames = {
      slug: 'code',
      title: 'name',
      channelResourceId: 'station',
      requiresAuth: 'subscribersOnly',
      poster: 'artwork',
    };
    const own = await environment({ model: 'programme', fieldNames });
    const query = (name: string, args: string) => `query($first: Int, $after: String) {
      programme${name}(${args}) { edges { node { _path code name station subscribersOnly assetId
        ratingScheme ratingValue authorizeWith availableFrom availableTo artwork { _publishUrl } } }
        pageInfo { endCursor hasNextPage } } }`;
    own.install('tve/programmes', query('Paginated', 'first: $first, after: $after'));
    const catalogue = catalogueOf(own, {
      model: 'programme',
      queries: { page: 'tve/programmes' },
      fields: {
        slug: 'code',
        title: 'name',
        channelResourceId: 'station',
        requiresAuth: 'subscribersOnly',
        poster: 'artwork._publishUrl',
      },
    });
    assert.deepEqual(await catalogue.page(), expected);
  });

  it('may lack what its model lacks, and hold text of other forms', async () => {
    const node = { _path: '/p', slug: 's', title: { plaintext: 'Rich' }, net: { pass: { id: 7 } } };
    const page = { edges: [{ node }], pageInfo: { hasNextPage: false } };
    const { aem } = scripted([page]);
    const { titles } = await createCatalogue(aem, {
      fields: { channelResourceId: 'net.pass.id', assetId: null, requiresAuth: null, poster: null },
    }).page();
    assert.deepEqual(titles, [
      {
        path: '/p',
        slug: 's',
        title: 'Rich',
        requiresAuth: true,
        authorizeWith: 'channel',
        channelResourceId: '7',
      },
    ]);
  });

  it('sees the tier in the settings: drafts on author, none on publish', async () => {
    const sandbox = await environment();
    firstOf(sandbox.fragments).stage = 'preview';
    const { path } = firstOf(sandbox.fragments);
    const credentials = fixed(sandbox.issueToken());
    for (const tier of ['author', 'preview', 'publish'] as const) {
      const { titles } = await catalogueOf(sandbox, { tier }, { credentials }).page();
      assert.equal(titles[0]?.path === path, tier !== 'publish');
    }
  });
});
