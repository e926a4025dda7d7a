import assert from 'node:assert/strict';
import { createCatalogue, installQueries, readQueryPackage } from '../../src/aem/index.ts';
import { startAemSandbox } from '../../src/sandbox/aem/index.ts';
import { always, clientOf, cleanUp, code, environment, page, withToken } from './support.ts';

const actions = (installed: { path: string; action: string }[]) =>
  installed.map(({ path, action }) => `${path} ${action}`);

describe('installing the starter queries', () => {
  afterEach(cleanUp);

  it('creates what is missing, and names what is to be published', async () => {
    const sandbox = await startAemSandbox();
    try {
      const { aem } = withToken(sandbox);
      const installed = await installQueries(aem, readQueryPackage());
      assert.deepEqual(actions(installed), [
        'tve/assets-page created',
        'tve/asset-by-slug created',
      ]);
      assert.equal(installed[0]?.node, '/conf/tve/settings/graphql/persistentQueries/assets-page');
      await assert.rejects(aem.persistedQuery(page), code('query_not_found'));
      sandbox.publishQueries();
      assert.equal((await createCatalogue(aem).page()).titles.length, 50);
    } finally {
      await sandbox.stop();
    }
  });

  it('changes nothing the second time, whatever the indentation', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    await installQueries(aem, readQueryPackage());
    const again = readQueryPackage().map((each) => ({ ...each, query: `  ${each.query}\n` }));
    assert.deepEqual(actions(await installQueries(aem, again)), [
      'tve/assets-page unchanged',
      'tve/asset-by-slug unchanged',
    ]);
  });

  it('updates what differs in words or in ages', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    const [one, two] = readQueryPackage();
    assert.ok(one && two);
    await installQueries(aem, [one, two]);
    const changed = [
      { ...one, ages: { ...one.ages, surrogateMaxAge: 60 } },
      { ...two, query: two.query.replace('limit: 2', 'limit: 3') },
    ];
    assert.deepEqual(actions(await installQueries(aem, changed)), [
      'tve/assets-page updated',
      'tve/asset-by-slug updated',
    ]);
    const stored = await aem.listQueries('tve');
    assert.equal(stored.find(({ path }) => path === one.path)?.ages?.surrogateMaxAge, 60);
  });

  it('updates what the list did not show: its shape is undocumented', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    const blind = { ...aem, listQueries: async () => [] };
    const installed = await installQueries(blind, readQueryPackage());
    assert.deepEqual(
      installed.map(({ action }) => action),
      ['updated', 'updated'],
    );
  });

  it('stops at an account that may not write', async () => {
    const sandbox = await startAemSandbox();
    try {
      const { aem, state } = withToken(sandbox);
      state.token = sandbox.issueToken({ writes: false });
      await assert.rejects(
        installQueries(aem, readQueryPackage()),
        code('forbidden', { operation: 'persistQuery', tier: 'author' }),
      );
    } finally {
      await sandbox.stop();
    }
  });

  it('does not take a login page for success', async () => {
    const html = { 'content-type': 'text/html' };
    const aem = clientOf(await always(200, '<input name="j_username">', html));
    const query = { path: 'tve/a', query: '{ a }' };
    await assert.rejects(aem.persistQuery(query, false), code('login_page'));
    await assert.rejects(aem.listQueries('tve'), code('login_page'));
  });

  it('sends the ages in the words of AEM', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    const ages = { maxAge: 1, surrogateMaxAge: 2, staleWhileRevalidate: 3, staleIfError: 4 };
    const query = '{ tveAssetList { items { slug } } }';
    await aem.persistQuery({ path: 'tve/aged', query, ages }, false);
    assert.deepEqual(JSON.parse(sandbox.requests.at(-1)?.text ?? ''), {
      query,
      'cache-control': { 'max-age': 1 },
      'surrogate-control': {
        'max-age': 2,
        'stale-while-revalidate': 3,
        'stale-if-error': 4,
      },
    });
    assert.deepEqual((await aem.listQueries('tve')).at(-1), { path: 'tve/aged', query, ages });
  });
});
