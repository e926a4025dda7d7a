import assert from 'node:assert/strict';
import { freshForMs } from '../../src/aem/answer-cache.ts';
import type { AemCallRecord } from '../../src/aem/index.ts';
import {
  clientOf,
  cleanUp,
  code,
  environment,
  nodesOf,
  page,
  pretender,
  withToken,
} from './support.ts';

describe('what goes out', () => {
  afterEach(cleanUp);

  it('never sends an Origin, at any tier and by any method', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    for (const tier of ['author', 'preview', 'publish'] as const) {
      await aem.persistedQuery({ tier, query: 'tve/assets-page' });
    }
    await aem.adHocQuery({ query: '{ tveAssetList(limit: 1) { items { slug } } }' });
    await aem.persistQuery(
      { path: 'tve/new', query: '{ tveAssetList { items { slug } } }' },
      false,
    );
    assert.ok(sandbox.requests.length > 5);
    for (const { headers } of sandbox.requests) {
      assert.equal(headers['origin'], undefined);
      assert.equal(headers['x-requested-with'], undefined);
      assert.doesNotMatch(headers['user-agent'] ?? 'Mozilla', /Mozilla|Opera/);
    }
  });

  it('sends no token to publish, so that the CDN may answer, and one to author and preview', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    for (const tier of ['author', 'preview', 'publish'] as const) {
      await aem.persistedQuery({ tier, query: 'tve/assets-page' });
    }
    const queries = sandbox.requests.filter(({ path }) => path.startsWith('/graphql'));
    assert.deepEqual(
      queries.map(({ tier, headers }) => [tier, headers['authorization'] !== undefined]),
      [
        ['author', true],
        ['preview', true],
        ['publish', false],
      ],
    );
  });

  it('asks ad hoc on author only, at the underscore path', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    const query = 'query($n: Int!) { tveAssetList(limit: $n) { items { slug } } }';
    const { data } = await aem.adHocQuery({ query, variables: { n: 3 }, configuration: 'tve' });
    assert.equal((data['tveAssetList'] as { items: unknown[] }).items.length, 3);
    assert.deepEqual(
      sandbox.requests.slice(-1).map(({ tier, method, path }) => [tier, method, path]),
      [['author', 'POST', '/content/_cq_graphql/tve/endpoint.json']],
    );
  });

  it('asks ad hoc at the global endpoint unless a configuration is named', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    await aem.adHocQuery({ query: '{ x }' }).catch(() => {});
    assert.equal(sandbox.requests.at(-1)?.path, '/content/_cq_graphql/global/endpoint.json');
  });

  it('refuses a tier without a host', async () => {
    const { hosts } = await environment();
    const aem = clientOf({ hosts: { publish: hosts.publish } as typeof hosts });
    assert.deepEqual(aem.tiers, ['publish']);
    await assert.rejects(
      aem.adHocQuery({ query: '{ x }' }),
      code('tier_not_configured', { tier: 'author', retryable: false }),
    );
  });

  it('tells of every call, and nothing secret', async () => {
    const sandbox = await environment();
    const { aem, state } = withToken(sandbox);
    const records: AemCallRecord[] = [];
    const call = { onCall: (record: AemCallRecord) => records.push(record) };
    await aem.persistedQuery(page, call);
    await aem.persistedQuery(page, call);
    await aem.persistedQuery({ ...page, revalidate: true }, call);
    await assert.rejects(aem.persistedQuery({ ...page, query: 'tve/none' }, call));
    assert.deepEqual(
      records.map(({ status, cached, code: failed }) => [status, cached, failed]),
      [
        [200, undefined, undefined],
        [undefined, true, undefined],
        [304, undefined, undefined],
        [404, undefined, 'query_not_found'],
      ],
    );
    assert.ok(!JSON.stringify(records).includes(state.token));
  });
});

describe('what is kept', () => {
  afterEach(cleanUp);

  it('asks with the ETag and takes 304 for an answer', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    const first = await aem.persistedQuery(page);
    const again = await aem.persistedQuery({ ...page, revalidate: true });
    assert.deepEqual(again, first);
    assert.deepEqual(
      sandbox.requests.map(({ status, headers }) => [
        status,
        headers['if-none-match'] !== undefined,
      ]),
      [
        [200, false],
        [304, true],
      ],
    );
  });

  it('sees a change behind a new ETag', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    await aem.persistedQuery(page);
    const [fragment] = sandbox.fragments;
    assert.ok(fragment);
    fragment.fields.title = 'Changed';
    const { data } = await aem.persistedQuery({ ...page, revalidate: true });
    assert.equal(nodesOf(data)[0]?.['title'], 'Changed');
  });

  it('answers from memory for max-age, less the Age that the CDN tells', async () => {
    const fresh = await environment();
    const young = clientOf(fresh);
    await young.persistedQuery(page);
    await young.persistedQuery(page);
    assert.equal(fresh.requests.length, 1);
    const aged = await environment({ ageSeconds: 60 });
    const old = clientOf(aged);
    await old.persistedQuery(page);
    await old.persistedQuery(page);
    assert.deepEqual(
      aged.requests.map(({ status }) => status),
      [200, 304],
    );
  });

  it('reads ages as HTTP means them', () => {
    const cases: [Record<string, string>, number][] = [
      [{ 'cache-control': 'max-age=60, stale-while-revalidate=86400' }, 60_000],
      [{ 'cache-control': 'max-age=60', age: '45' }, 15_000],
      [{ 'cache-control': 'max-age=60', age: '90' }, 0],
      [{ 'cache-control': 's-maxage=7200' }, 0],
      [{ 'cache-control': 'no-cache, max-age=60' }, 0],
      [{}, 0],
    ];
    for (const [headers, ms] of cases) assert.equal(freshForMs(headers), ms);
  });

  it('hands out answers that a caller may change without harm to others', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    const { data } = await aem.persistedQuery(page);
    delete data['tveAssetPaginated'];
    assert.ok((await aem.persistedQuery(page)).data['tveAssetPaginated']);
  });

  it('keeps nothing that has holes, whatever its headers say', async () => {
    const body = { data: { tveAssetPaginated: { edges: [] } }, errors: [{ message: 'a hole' }] };
    const headers = { 'content-type': 'application/json', etag: '"1"' };
    const asked: (string | undefined)[] = [];
    const server = await pretender((request, response) => {
      asked.push(request.headers['if-none-match']);
      response.writeHead(200, { ...headers, 'cache-control': 'max-age=60' });
      response.end(JSON.stringify(body));
    });
    const aem = clientOf(server);
    for (let n = 0; n < 2; n += 1) assert.equal((await aem.persistedQuery(page)).partial, true);
    assert.deepEqual(asked, [undefined, undefined]);
  });

  it('keeps no more than it may', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox, { cacheBytes: 0 });
    await aem.persistedQuery(page);
    await aem.persistedQuery(page);
    assert.deepEqual(
      sandbox.requests.map(({ status }) => status),
      [200, 200],
    );
  });

  it('asks once for fifty callers who want the same', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    const all = await Promise.all(Array.from({ length: 50 }, async () => aem.persistedQuery(page)));
    assert.equal(sandbox.requests.length, 1);
    assert.equal(all.length, 50);
  });

  it('lets one caller leave without taking the others along', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    sandbox.faults.set({ kind: 'latency', ms: 60 });
    const controller = new AbortController();
    const reason = new Error('the viewer left');
    const leaving = aem.persistedQuery(page, { signal: controller.signal });
    const staying = aem.persistedQuery(page);
    controller.abort(reason);
    await assert.rejects(leaving, (error) => error === reason);
    assert.ok((await staying).data['tveAssetPaginated']);
    assert.equal(sandbox.requests.length, 1);
  });
});
