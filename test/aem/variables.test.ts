import assert from 'node:assert/strict';
import { UnsendableVariable, variableSuffix } from '../../src/aem/variables.ts';
import { clientOf, cleanUp, code, environment, nodesOf, page } from './support.ts';

describe('variables of persisted queries', () => {
  afterEach(cleanUp);

  const vectors: [object, string][] = [
    [{}, ''],
    [{ a: true, b: 3, c: null }, '%3Ba%3Dtrue%3Bb%3D3;'],
    [{ a: '50% off' }, '%3Ba%3D50%25%20off;'],
    [{ a: 'a b/ü' }, '%3Ba%3Da%20b%2F%C3%BC;'],
    [{ f: { k: ['x'] } }, '%3Bf%3D%7B%22k%22%3A%5B%22x%22%5D%7D;'],
  ];
  for (const [variables, suffix] of vectors) {
    it(`writes ${JSON.stringify(variables)} as the vector does`, () => {
      assert.equal(variableSuffix({ ...variables }), suffix);
    });
  }

  it('leaves out null and undefined, never sending the words', () => {
    assert.equal(variableSuffix({ after: undefined, x: null }), '');
    assert.equal(variableSuffix({ first: 2, after: undefined }), '%3Bfirst%3D2;');
  });

  it('sends strings without quotes, and a space as %20', () => {
    const suffix = variableSuffix({ slug: 'a b' });
    assert.equal(suffix, '%3Bslug%3Da%20b;');
    assert.ok(!suffix.includes('+') && !suffix.includes('%22'));
  });

  it('refuses what an address can not carry', () => {
    const bad = [{ a: 'x;b=y' }, { f: { k: ';' } }, { n: Number.NaN }, { n: Infinity }];
    for (const variables of [...bad, { 'a=b': 1 }, { a: '\uD800' }, { a: () => 1 }, { a: 1n }]) {
      assert.throws(() => variableSuffix(variables), UnsendableVariable);
    }
  });

  it("refuses ';' in a value before anything is sent [complaint: variable encoding]", async () => {
    const sandbox = await environment();
    const asked = clientOf(sandbox).persistedQuery({ ...page, variables: { after: 'x;first=9' } });
    await assert.rejects(asked, (error: Error) => {
      // A TV may have sent it, and reads the message.
      assert.ok(!error.message.includes(sandbox.hosts[page.tier]), error.message);
      return true;
    });
    await assert.rejects(asked, code('invalid_variable', { retryable: false }));
    assert.equal(sandbox.requests.length, 0);
  });

  it('encodes once, so that AEM decodes to what was meant [complaint: variable encoding]', async () => {
    const sandbox = await environment();
    const fragment = sandbox.fragments[3];
    assert.ok(fragment);
    fragment.fields.slug = 'ü 50% & a/b+c=d?e#f "g"';
    const { data } = await clientOf(sandbox).persistedQuery({
      tier: 'publish',
      query: 'tve/asset-by-slug',
      variables: { slug: fragment.fields.slug },
    });
    assert.deepEqual(
      (data['tveAssetList'] as { items: { _path: string }[] }).items.map(({ _path }) => _path),
      [fragment.path],
    );
  });

  it('gives every number and several variables their places', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    const one = await aem.persistedQuery({ ...page, variables: { first: 2 } });
    const info = one.data['tveAssetPaginated'] as { pageInfo: { endCursor: string } };
    const after = info.pageInfo.endCursor;
    const two = await aem.persistedQuery({ ...page, variables: { first: 2, after } });
    assert.equal(nodesOf(two.data).length, 2);
    assert.notDeepEqual(nodesOf(one.data), nodesOf(two.data));
    assert.match(sandbox.requests[1]?.path ?? '', /assets-page%3Bfirst%3D2%3Bafter%3D[\w%]+;$/);
  });

  it('bears slashes around the name of a query, for // is another address', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    for (const query of ['/tve/assets-page', 'tve//assets-page/']) {
      await aem.persistedQuery({ tier: 'publish', query, revalidate: true });
    }
    assert.deepEqual(
      sandbox.requests.map(({ path }) => path),
      ['/graphql/execute.json/tve/assets-page', '/graphql/execute.json/tve/assets-page'],
    );
  });

  it('asks for a query of a configuration within another', async () => {
    const sandbox = await environment({ configuration: 'brand/tv' });
    sandbox.install('brand/tv/one page', '{ tveAssetList(limit: 1) { items { slug } } }');
    const query = 'brand/tv/one page';
    assert.ok((await clientOf(sandbox).persistedQuery({ tier: 'publish', query })).data);
    assert.deepEqual(
      sandbox.requests.map(({ path }) => path),
      ['/graphql/execute.json/brand/tv/one%20page'],
    );
  });

  it('refuses names of queries that would lead elsewhere', async () => {
    const sandbox = await environment();
    for (const query of ['', 'assets-page', 'tve/../persist', 'tve/a;b=1', 'tve/a?b', 'tve/a%2F']) {
      await assert.rejects(
        clientOf(sandbox).persistedQuery({ tier: 'publish', query }),
        code('invalid_request'),
      );
    }
    assert.equal(sandbox.requests.length, 0);
  });
});
