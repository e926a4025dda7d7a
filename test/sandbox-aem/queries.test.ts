import assert from 'node:assert/strict';
import { bearer, cleanUp, execute, get, slugs, start, suffix } from './support.ts';

const json = { 'content-type': 'application/json' };

describe('AEM stand-in: persisted queries (5.3, 5.6, 5.8)', () => {
  afterEach(cleanUp);

  it('decodes the suffix once, and splits at every ;', async () => {
    const sandbox = await start();
    const [one] = sandbox.fragments;
    assert.ok(one);
    one.fields.slug = 'a b+c/ü';
    const found = async (tail: string) =>
      (await get(sandbox, 'publish', `${execute}/found${tail}`)).text;
    assert.match(await found(suffix(';slug=a b+c/ü')), /"slug"/);
    assert.doesNotMatch(await found(suffix(';slug="a b+c/ü"')), /"slug"/);
    assert.doesNotMatch(await found('%3Bslug%3Da+b%2Bc%2F%C3%BC;'), /"slug"/);
    const twice = await get(
      sandbox,
      'publish',
      `${execute}/found${encodeURIComponent(suffix(';slug=a'))}`,
    );
    assert.equal(twice.status, 404);
    const split = await get(sandbox, 'publish', `${execute}/found${suffix(';slug=x;b=y')}`);
    assert.match(split.json.errors?.[0]?.message ?? '', /no variable 'b'/);
  });

  it('wants the last ; after several variables, as some versions of AEM do', async () => {
    const sandbox = await start();
    const bare = encodeURIComponent(';first=1;after=x');
    const { json: body } = await get(sandbox, 'publish', `${execute}/page${bare}`);
    assert.equal(body.errors?.[0]?.message, 'Invalid variables');
    const one = await get(sandbox, 'publish', `${execute}/page${encodeURIComponent(';first=1')}`);
    assert.equal(slugs(one).length, 1);
  });

  it('knows types: the word undefined is no number, no cursor', async () => {
    const sandbox = await start();
    for (const run of [
      ';first=undefined',
      ';first=1.5',
      ';first=101',
      ';first=0',
      ';after=undefined',
    ]) {
      const answer = await get(sandbox, 'publish', `${execute}/page${suffix(run)}`);
      assert.equal(answer.status, 200);
      assert.ok(answer.json.errors?.[0], run);
      assert.equal(answer.json.data, null);
    }
  });

  it('pages forward by UUID, 50 a page unless asked otherwise', async () => {
    const sandbox = await start();
    const token = bearer(sandbox.issueToken());
    const seen: string[] = [];
    let after = '';
    for (let pages = 0; pages < 3; pages += 1) {
      const run = after === '' ? '' : suffix(`;after=${after}`);
      const page = await get(sandbox, 'publish', `${execute}/page${run}`, token);
      seen.push(...slugs(page));
      const { pageInfo } = page.json.data?.['tveAssetPaginated'] ?? assert.fail();
      after = (pageInfo as { endCursor: string }).endCursor;
      assert.equal((pageInfo as { hasNextPage: boolean }).hasNextPage, pages < 2);
    }
    assert.deepEqual(
      seen,
      sandbox.fragments.map(({ fields }) => fields.slug),
    );
  });

  it('answers wrong paths with 200 and errors, or with statuses by the OSGi switch', async () => {
    const paths = [
      '/graphql/execute.json',
      '/graphql/execute.json/x',
      '/graphql/execute.json//tve/page',
    ];
    const plain = await start();
    const switched = await start({ graphQlStatuses: true });
    for (const path of paths) {
      assert.equal((await get(plain, 'publish', path)).status, 200, path);
      const answer = await get(switched, 'publish', path);
      assert.equal(answer.status, 400, path);
      assert.match(answer.type, /application\/graphql-response\+json/);
    }
    assert.equal((await get(plain, 'publish', '/graphql/execute.json/other/page')).status, 200);
    assert.equal((await get(switched, 'publish', '/graphql/execute.json/other/page')).status, 404);
    const invalid = await get(switched, 'publish', `${execute}/page${suffix(';first=101')}`);
    assert.equal(invalid.status, 500);
  });

  it('gives caching headers by tier or by query, and 304 for an ETag', async () => {
    const sandbox = await start();
    const init = bearer(sandbox.issueToken());
    const publish = await get(sandbox, 'publish', `${execute}/page`);
    assert.match(
      publish.headers.get('cache-control') ?? '',
      /^max-age=60, stale-while-revalidate=86400/,
    );
    assert.match(publish.headers.get('surrogate-control') ?? '', /^max-age=7200/);
    const author = await get(sandbox, 'author', `${execute}/page`, init);
    assert.match(author.headers.get('surrogate-control') ?? '', /^max-age=60/);
    sandbox.install('tve/aged', {
      query: '{ tveAssetList { items { slug } } }',
      'cache-control': { 'max-age': 5 },
      'surrogate-control': { 'max-age': 6 },
    });
    const aged = await get(sandbox, 'publish', `${execute}/aged`);
    assert.match(aged.headers.get('cache-control') ?? '', /^max-age=5,/);
    assert.match(aged.headers.get('surrogate-control') ?? '', /^max-age=6,/);
    const headers = { 'if-none-match': aged.headers.get('etag') ?? '' };
    const again = await get(sandbox, 'publish', `${execute}/aged`, { headers });
    assert.deepEqual([again.status, again.text], [304, '']);
  });

  it('takes variables by POST too, and keeps those answers out of caches', async () => {
    const sandbox = await start();
    const body = JSON.stringify({ variables: { first: 3 } });
    const init = { method: 'POST', headers: json, body };
    const answer = await get(sandbox, 'publish', `${execute}/page`, init);
    assert.equal(slugs(answer).length, 3);
    assert.equal(answer.headers.get('cache-control'), null);
  });
});

describe('AEM stand-in: stored and ad-hoc queries (5.4, 5.5)', () => {
  afterEach(cleanUp);

  it('creates by PUT once, updates by POST, and lists', async () => {
    const sandbox = await start();
    const { headers } = bearer(sandbox.issueToken());
    const put = async (method: string, query: string) =>
      get(sandbox, 'author', '/graphql/persist.json/tve/mine', { method, headers, body: query });
    const query = '{ tveAssetList { items { slug } } }';
    assert.equal((await put('POST', query)).status, 404);
    const created = await put('PUT', query);
    assert.equal(created.status, 201);
    assert.match(created.text, /"shortPath":"\/tve\/mine"/);
    assert.match(created.text, /\/conf\/tve\/settings\/graphql\/persistentQueries\/mine/);
    assert.equal((await put('PUT', query)).status, 409);
    assert.equal((await put('POST', query)).status, 200);
    const list = await get(sandbox, 'author', '/graphql/list.json/tve', { headers });
    assert.match(list.text, /"shortForm":"\/tve\/mine"/);
    assert.equal(
      (await get(sandbox, 'author', '/graphql/list.json/other', { headers })).text,
      '[]',
    );
  });

  it('refuses queries that the model can not answer, and writers without rights', async () => {
    const sandbox = await start();
    const path = '/graphql/persist.json/tve/mine';
    const put = async (token: string, body: string) =>
      get(sandbox, 'author', path, { method: 'PUT', ...bearer(token), body });
    for (const query of ['{', '{ nothing }', '{ tveAssetList }', '{ tveAssetList { items } }']) {
      assert.equal((await put(sandbox.issueToken(), query)).status, 400, query);
    }
    const reader = sandbox.issueToken({ writes: false });
    assert.equal((await put(reader, '{ tveAssetList { items { slug } } }')).status, 403);
  });

  it('publishes queries when it is told to, not before', async () => {
    const sandbox = await start();
    sandbox.install('tve/mine', '{ tveAssetList { items { slug } } }', ['author']);
    assert.equal((await get(sandbox, 'publish', `${execute}/mine`)).status, 404);
    sandbox.publishQueries();
    assert.equal((await get(sandbox, 'publish', `${execute}/mine`)).status, 200);
  });

  it('answers ad hoc on author, on publish only with the variable of Cloud Manager', async () => {
    const ask = async (sandbox: Awaited<ReturnType<typeof start>>, tier: 'author' | 'publish') => {
      const body = JSON.stringify({ query: '{ tveAssetList(limit: 1) { items { slug } } }' });
      const headers = { ...json, ...bearer(sandbox.issueToken()).headers };
      const path = '/content/_cq_graphql/global/endpoint.json';
      return (await get(sandbox, tier, path, { method: 'POST', headers, body })).status;
    };
    const closed = await start();
    assert.deepEqual([await ask(closed, 'author'), await ask(closed, 'publish')], [200, 404]);
    assert.equal(await ask(await start({ adHocOnPublish: true }), 'publish'), 200);
  });

  it('knows neither the path of the repository nor the old one over HTTP', async () => {
    const sandbox = await start();
    const headers = { ...json, ...bearer(sandbox.issueToken()).headers };
    for (const path of [
      '/content/cq:graphql/tve/endpoint.json',
      '/content/graphql/global/endpoint.json',
    ]) {
      const init = { method: 'POST', headers, body: '{"query":"{ a }"}' };
      assert.equal((await get(sandbox, 'author', path, init)).status, 404);
    }
  });

  it('understands aliases, inline fragments, __typename and filters', async () => {
    const sandbox = await start();
    const [one] = sandbox.fragments;
    const query = `query Q($path: String) { one: tveAssetList(filter: {
      _path: { _logOp: OR, _expressions: [{ value: $path }, { value: "/NO", _operator: STARTS_WITH, _ignoreCase: true }] } }) {
        items { __typename name: slug poster { ... on ImageRef { width } ... on Other { x } } } } }`;
    const body = JSON.stringify({ query, variables: { path: one?.path } });
    const headers = { ...json, ...bearer(sandbox.issueToken()).headers };
    const path = '/content/_cq_graphql/tve/endpoint.json';
    const answer = await get(sandbox, 'author', path, { method: 'POST', headers, body });
    assert.deepEqual(answer.json, {
      data: {
        one: {
          items: [{ __typename: 'tveAssetModel', name: one?.fields.slug, poster: { width: 600 } }],
        },
      },
    });
    for (const wrong of ['_op: STARTS_WITH', '_operator: BEGINS']) {
      const text = query.replace('_operator: STARTS_WITH', wrong);
      const refused = JSON.stringify({ query: text });
      const init = { method: 'POST', headers, body: refused };
      assert.ok((await get(sandbox, 'author', path, init)).json.errors);
    }
  });
});
