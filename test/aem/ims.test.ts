import assert from 'node:assert/strict';
import { credentialsFrom } from '../../src/aem/index.ts';
import type { Aem, AemOptions } from '../../src/aem/index.ts';
import { createHttp } from '../../src/http/index.ts';
import { createIms } from '../../src/ims/index.ts';
import type { ImsOptions, TokenSource } from '../../src/ims/index.ts';
import type { AemSandbox } from '../../src/sandbox/aem/index.ts';
import { startImsSandbox } from '../../src/sandbox/ims/index.ts';
import type { ImsSandbox } from '../../src/sandbox/ims/index.ts';
import { clientOf, cleanUp, code, environment } from './support.ts';

const author = { tier: 'author', query: 'tve/assets-page' } as const;

describe('AEM with tokens of IMS', () => {
  let ims: ImsSandbox;
  let sandbox: AemSandbox;
  const http = createHttp();

  before(async () => {
    ims = await startImsSandbox();
  });
  beforeEach(async () => {
    sandbox = await environment({
      users: (token) => {
        const known = ims.tokenInfo(token);
        return known && { id: known.email, reads: true, writes: true };
      },
    });
  });
  afterEach(async () => {
    ims.faults.clear();
    await cleanUp();
  });
  after(async () => {
    http.close();
    await ims.stop();
  });

  /** A client whose tokens come from the stand-in for IMS, with one try each. */
  function client(
    options: Partial<AemOptions> = {},
    settings: Partial<ImsOptions> = {},
  ): { aem: Aem; tokens: TokenSource } {
    const access = createIms({ http, allowedHosts: [ims.url], tries: 1, ...settings });
    const text = JSON.stringify(ims.serviceCredentials());
    const tokens = access.tokens({ from: 'text', text });
    return { aem: clientOf(sandbox, { credentials: credentialsFrom(tokens), ...options }), tokens };
  }

  it('names IMS when it is IMS that hangs, and asks AEM nothing', async () => {
    ims.faults.set({ kind: 'hang', times: 9 });
    const { aem } = client({ requestTimeoutMs: 300 });
    const named = code('token_timeout', { retryable: true, message: /IMS.*gave no token in time/ });
    const slow = assert.rejects(aem.persistedQuery(author), named);
    // One who joins the same request with less patience, and a call that shares nothing.
    await assert.rejects(aem.persistedQuery(author, { timeoutMs: 50 }), named);
    await assert.rejects(aem.listQueries('tve', { timeoutMs: 50 }), named);
    await slow;
    assert.equal(sandbox.requests.length, 0);
  });

  it('names IMS too when it took most of the time, and AEM when that hangs', async () => {
    const { aem, tokens } = client({ requestTimeoutMs: 300 });
    ims.faults.set({ kind: 'latency', ms: 200 });
    sandbox.faults.set({ kind: 'hang', times: 9 });
    await assert.rejects(aem.persistedQuery(author), code('token_timeout'));
    await tokens.accessToken();
    await assert.rejects(
      aem.persistedQuery({ ...author, variables: { first: 1 } }),
      code('timeout', { message: /AEM did not answer in time/ }),
    );
  });

  it('lets nobody join a request whose time ran out while IMS was slow', async () => {
    const { aem } = client({ requestTimeoutMs: 1000 });
    ims.faults.set({ kind: 'latency', ms: 1400 });
    await assert.rejects(aem.persistedQuery(author), code('token_timeout'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok((await aem.persistedQuery(author)).data['tveAssetPaginated']);
  });

  it('tells of IMS who met a 401 while IMS is away, and serves the others with the old token', async () => {
    const { aem } = client();
    await aem.persistedQuery(author);
    ims.faults.set({ kind: 'status', status: 503, times: 100 });
    sandbox.faults.set({ kind: 'empty-401', path: '/graphql' });
    await assert.rejects(
      aem.persistedQuery({ ...author, revalidate: true }),
      { name: 'ImsError', code: 'server_error' },
      'complaint: hidden IMS errors',
    );
    for (const first of [1, 2, 3]) {
      assert.ok((await aem.persistedQuery({ ...author, variables: { first } })).data);
    }
  });

  it('asks IMS once for fifty callers at the start, and AEM once who they are', async () => {
    const { aem } = client();
    const before = ims.requests.length;
    ims.faults.set({ kind: 'latency', ms: 30 });
    await Promise.all(
      Array.from({ length: 50 }, async (_, at) =>
        aem.persistedQuery({ ...author, variables: { first: at + 1 } }),
      ),
    );
    assert.equal(ims.requests.length - before, 1);
    const asked = sandbox.requests.filter(({ path }) => path.includes('currentuser'));
    assert.equal(asked.length, 1);
  });
});
