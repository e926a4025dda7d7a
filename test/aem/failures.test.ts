import assert from 'node:assert/strict';
import { AemError } from '../../src/aem/index.ts';
import { always, clientOf, cleanUp, code, environment, fixed, page, withToken } from './support.ts';

describe('answers that are no data', () => {
  afterEach(cleanUp);

  const author = { tier: 'author', query: 'tve/assets-page' } as const;

  it('tells an empty 401 from an answer [complaint: empty or HTML 401]', async () => {
    const sandbox = await environment();
    await assert.rejects(
      clientOf(sandbox).persistedQuery(author),
      code('token_missing', { tier: 'author', status: 401, retryable: false }),
    );
  });

  it('tells a 401 with a page from an answer [complaint: empty or HTML 401]', async () => {
    const server = await always(401, '<html>no</html>', { 'content-type': 'text/html' });
    const credentials = fixed('a-token-that-stays');
    await assert.rejects(
      clientOf(server, { credentials }).persistedQuery(author),
      code('token_rejected', { status: 401, retryable: false }),
    );
  });

  for (const kind of ['login-page', 'login-redirect'] as const) {
    it(`knows AEM's ${kind}, and does not follow it`, async () => {
      const sandbox = await environment();
      sandbox.faults.set({ kind });
      await assert.rejects(clientOf(sandbox).persistedQuery(page), code('login_page'));
      assert.equal(sandbox.requests.length, 1);
    });
  }

  it('follows no other redirect either', async () => {
    const server = await always(301, '', { location: 'https://elsewhere.example.com/' });
    await assert.rejects(clientOf(server).persistedQuery(page), code('redirected'));
  });

  it('keeps its token to the host that it asked, whatever it answers', async () => {
    const other = await environment();
    const { publish } = other.hosts;
    for (const location of [publish, publish.replace('http:', ''), `/\\${publish.slice(7)}`]) {
      const server = await always(302, '', { location });
      const client = clientOf(server, { credentials: fixed('a-token-that-stays') });
      await assert.rejects(client.persistedQuery({ ...page, tier: 'author' }), code('redirected'));
    }
    assert.equal(other.requests.length, 0);
  });

  it("tells the dispatcher's 404 page and the rule that is missing", async () => {
    const sandbox = await environment();
    sandbox.setFilters('/0001 { /type "deny" /url "*" }');
    for (const tier of ['publish', 'preview'] as const) {
      await assert.rejects(clientOf(sandbox).persistedQuery({ ...page, tier }), (error) => {
        assert.ok(error instanceof AemError);
        assert.equal(error.code, 'filter_closed');
        assert.match(error.hint, /\/url "\/graphql\/execute\.json\*"/);
        return true;
      });
    }
  });

  it('finds the filter that allows POST only, as one of the tutorials has it', async () => {
    const sandbox = await environment();
    sandbox.setFilters(
      `/0061 { /type "allow" /method '(POST|OPTIONS)' /url "/graphql/execute.json/*" }`,
    );
    await assert.rejects(clientOf(sandbox).persistedQuery(page), (error) => {
      assert.ok(error instanceof AemError);
      assert.match(error.hint, /GET/);
      return error.code === 'filter_closed';
    });
  });

  it("tells AEM's own 404, which is JSON, from the dispatcher's", async () => {
    const sandbox = await environment();
    await assert.rejects(
      clientOf(sandbox).persistedQuery({ tier: 'publish', query: 'tve/none' }),
      code('query_not_found', { status: 404 }),
    );
  });

  it('takes a page on 200 for what it is: not JSON', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'proxy-page' });
    await assert.rejects(
      clientOf(sandbox).persistedQuery(page),
      code('not_json', { details: 'text/html' }),
    );
    for (const body of ['', '{"data":']) {
      await assert.rejects(
        clientOf(await always(200, body)).persistedQuery(page),
        code('not_json'),
      );
    }
  });

  it('takes JSON that is no GraphQL answer for what it is', async () => {
    for (const body of [{}, [], { data: 7 }, 'null']) {
      const server = await always(200, body);
      await assert.rejects(clientOf(server).persistedQuery(page), code('invalid_answer'));
    }
  });

  const refused: [Parameters<typeof code>[0], string, object][] = [
    ['forbidden', 'blocked-403', { status: 403, retryable: false }],
    ['address_refused', 'blocked-405', { status: 405, retryable: false }],
    [
      'too_many_sessions',
      'too-many-sessions',
      { status: 503, retryable: true, retryAfterMs: 2000 },
    ],
    ['throttled', 'throttled', { status: 429, retryable: true, retryAfterMs: 3000 }],
    ['server_error', 'status', { status: 500, retryable: true }],
  ];
  for (const [name, kind, rest] of refused) {
    it(`names ${kind} ${name}`, async () => {
      const sandbox = await environment();
      sandbox.faults.set({ kind: kind as 'status' });
      await assert.rejects(clientOf(sandbox).persistedQuery(page), code(name, rest));
    });
  }

  it('keeps the reason that AEM gives with a 403', async () => {
    const reason = { 'x-reason': 'Authentication Failed', 'content-type': 'text/html' };
    const server = await always(403, '', reason);
    await assert.rejects(
      clientOf(server).persistedQuery(page),
      code('forbidden', { details: 'Authentication Failed' }),
    );
  });

  it('always gives tier, status and a hint, and never the token', async () => {
    const sandbox = await environment();
    const { aem, state } = withToken(sandbox);
    const echo = await always(500, { errors: [{ message: `bad token ${state.token}` }] });
    const credentials = fixed(state.token);
    const failures = await Promise.all(
      [
        aem.persistedQuery({ tier: 'author', query: 'tve/none' }),
        clientOf(echo, { credentials }).persistedQuery(author),
      ].map(async (each) =>
        each.then(
          () => assert.fail(),
          (error: unknown) => error,
        ),
      ),
    );
    for (const failure of failures) {
      assert.ok(failure instanceof AemError);
      assert.equal(failure.tier, 'author');
      assert.ok(failure.hint.length > 10 && failure.message.includes(failure.hint));
      assert.equal(failure.cause, undefined);
      const shown = `${failure.message} ${failure.stack} ${JSON.stringify(failure)}`;
      assert.ok(!shown.includes(state.token));
    }
  });
});

describe('GraphQL errors', () => {
  afterEach(cleanUp);

  it('are errors with HTTP 200', async () => {
    const sandbox = await environment();
    await assert.rejects(
      clientOf(sandbox).persistedQuery({ ...page, variables: { first: 101 } }),
      code('graphql_errors', { status: 200, retryable: false }),
    );
  });

  it('are the same with statuses and the dialect of the OSGi switch', async () => {
    const sandbox = await environment({ graphQlStatuses: true });
    const aem = clientOf(sandbox);
    assert.ok((await aem.persistedQuery(page)).data['tveAssetPaginated']);
    await assert.rejects(
      aem.persistedQuery({ ...page, variables: { first: 101 } }),
      code('graphql_errors', { status: 500, retryable: false }),
    );
    await assert.rejects(
      aem.persistedQuery({ ...page, query: 'other/assets-page' }),
      code('query_not_found', { status: 404 }),
    );
  });

  it('of a configuration without endpoint are errors with HTTP 200 too', async () => {
    const sandbox = await environment();
    await assert.rejects(
      clientOf(sandbox).persistedQuery({ ...page, query: 'other/assets-page' }),
      code('graphql_errors', { status: 200 }),
    );
  });

  it('read the body before the status', async () => {
    const errors = [
      { message: 'no such field', extensions: { classification: 'ValidationError' } },
    ];
    for (const type of ['application/json', 'application/graphql-response+json;charset=utf-8']) {
      for (const status of [200, 400, 500]) {
        const server = await always(status, { errors }, { 'content-type': type });
        await assert.rejects(
          clientOf(server).persistedQuery(page),
          code('graphql_errors', {
            status,
            retryable: false,
            errors: [{ message: 'no such field', classification: 'ValidationError' }],
          }),
        );
      }
    }
  });

  it('that AEM may recover from may be tried again', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'graphql-error' });
    await assert.rejects(
      clientOf(sandbox).persistedQuery(page),
      code('graphql_errors', { retryable: true, details: 'Repository timed out' }),
    );
  });

  it('leave partial data in place, with the errors beside it', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'partial', field: 'poster' });
    const { data, errors, partial } = await clientOf(sandbox).persistedQuery(page);
    assert.equal(partial, true);
    assert.ok(data['tveAssetPaginated']);
    assert.deepEqual(errors[0]?.path, ['tveAssetPaginated', 'edges', 0, 'node', 'poster']);
    assert.equal(errors[0]?.classification, 'DataFetchingException');
  });

  it('are survived when they have no shape', async () => {
    const server = await always(200, { errors: ['odd', { message: 4 }, null] });
    await assert.rejects(clientOf(server).persistedQuery(page), code('graphql_errors'));
  });
});
