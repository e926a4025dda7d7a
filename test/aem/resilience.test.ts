import assert from 'node:assert/strict';
import { createHttp } from '../../src/http/index.ts';
import { cleanUp as closeHttp, client as httpClient, servingTls } from '../http/support.ts';
import { always, clientOf, cleanUp, code, environment, page } from './support.ts';

describe('an AEM in trouble', () => {
  afterEach(cleanUp);
  afterEach(closeHttp);

  it('that hangs costs no more than the limit', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'hang', times: 3 });
    const aem = clientOf(sandbox, { requestTimeoutMs: 80 });
    await assert.rejects(aem.persistedQuery(page), code('timeout', { retryable: true }));
    const startedAt = performance.now();
    await assert.rejects(aem.persistedQuery(page, { timeoutMs: 30 }), code('timeout'));
    assert.ok(performance.now() - startedAt < 75);
  });

  it('that resets connections is named with its host', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'reset' });
    await assert.rejects(clientOf(sandbox).persistedQuery(page), (error: Error) => {
      assert.match(error.message, /server 127\.0\.0\.1:\d+/);
      return code('network_error').code === 'network_error';
    });
  });

  it('behind a proxy that fails is told apart from the proxy [complaint: proxy or private CA]', async () => {
    const sandbox = await environment();
    const http = createHttp({ proxy: { url: 'http://127.0.0.1:1' } });
    await assert.rejects(
      clientOf(sandbox, { http }).persistedQuery(page),
      code('network_error', { details: 'connection_refused at proxy 127.0.0.1:1, ECONNREFUSED' }),
    );
    http.close();
  });

  it('with a private CA is reached when that is set, and named when not [complaint: proxy or private CA]', async () => {
    const server = await servingTls((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('{"data":{"tveAssetList":{"items":[]}}}');
    });
    const { origin } = server.url;
    const hosts = { author: origin, preview: origin, publish: origin };
    await assert.rejects(
      clientOf({ hosts }).persistedQuery(page),
      code('network_error', { retryable: false, details: /^certificate_untrusted at server 127/ }),
    );
    const http = httpClient({ certificateAuthorities: server.cert });
    assert.ok((await clientOf({ hosts }, { http }).persistedQuery(page)).data);
  });

  it('rejects with the reason of a caller who left before or during the call', async () => {
    const sandbox = await environment();
    const aem = clientOf(sandbox);
    const reason = new Error('gone');
    const gone = AbortSignal.abort(reason);
    await assert.rejects(aem.persistedQuery(page, { signal: gone }), (error) => error === reason);
    assert.equal(sandbox.requests.length, 0);
  });

  it('is left alone after failures in a row, each tier for itself, then tried again', async () => {
    const sandbox = await environment();
    const breaker = { consecutiveFailures: 3, halfOpenAfterMs: 60 };
    const aem = clientOf(sandbox, { breaker });
    sandbox.faults.set({ kind: 'status', status: 502, times: 3, tier: 'publish' });
    for (let n = 0; n < 3; n += 1) {
      await assert.rejects(aem.persistedQuery(page), code('server_error'));
    }
    await assert.rejects(aem.persistedQuery(page), code('circuit_open', { retryable: true }));
    assert.equal(sandbox.requests.length, 3);
    assert.ok(await aem.persistedQuery({ ...page, tier: 'preview' }));
    await new Promise((resolve) => setTimeout(resolve, 70));
    assert.ok(await aem.persistedQuery(page));
  });

  it('is not thought to be down for a wrong query, even with status 500', async () => {
    const sandbox = await environment({ graphQlStatuses: true });
    const breaker = { consecutiveFailures: 2, halfOpenAfterMs: 60_000 };
    const aem = clientOf(sandbox, { breaker });
    for (let n = 0; n < 4; n += 1) {
      const asked = aem.persistedQuery({ ...page, variables: { first: 101 } });
      await assert.rejects(asked, code('graphql_errors', { status: 500 }));
    }
    assert.ok(await aem.persistedQuery(page));
  });

  it('gets no more requests at a time than set', async () => {
    const sandbox = await environment();
    sandbox.faults.set({ kind: 'latency', ms: 80, times: 2 });
    const aem = clientOf(sandbox, { bulkhead: { inFlight: 1, queued: 1 } });
    const calls = [1, 2, 3].map(async (first) =>
      aem.persistedQuery({ ...page, variables: { first } }),
    );
    const settled = await Promise.allSettled(calls);
    const failed = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.deepEqual(
      failed.map((error: { code?: string }) => error.code),
      ['bulkhead_full'],
    );
  });

  it('whose answer is endless is not read to the end', async () => {
    const server = await always(200, `{"data":"${'x'.repeat(9 << 20)}"}`);
    await assert.rejects(clientOf(server).persistedQuery(page), code('too_large'));
  });
});
