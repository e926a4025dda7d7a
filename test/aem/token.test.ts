import assert from 'node:assert/strict';
import { credentialsFrom } from '../../src/aem/index.ts';
import type { Credentials } from '../../src/aem/index.ts';
import type { TokenSource } from '../../src/ims/index.ts';
import {
  always,
  clientOf,
  cleanUp,
  code,
  environment,
  fixed,
  nodesOf,
  withToken,
} from './support.ts';

const author = { tier: 'author', query: 'tve/assets-page' } as const;

describe('a token that AEM refuses', () => {
  afterEach(cleanUp);

  it('is renewed once, and the request repeated [complaint: token not renewed after 24 h]', async () => {
    const sandbox = await environment();
    const { aem, state } = withToken(sandbox);
    await aem.persistedQuery(author);
    const expired = state.token;
    sandbox.expireTokens();
    const { data } = await aem.persistedQuery({ ...author, revalidate: true });
    assert.ok(nodesOf(data).length > 0);
    assert.deepEqual(state.refused, [expired]);
  });

  it('is given up after the second 401', async () => {
    const sandbox = await environment();
    const { aem, state } = withToken(sandbox);
    sandbox.faults.set({ kind: 'empty-401', times: 10, path: '/graphql' });
    await assert.rejects(aem.persistedQuery(author), code('token_rejected', { retryable: false }));
    assert.equal(state.refused.length, 1);
    const tries = sandbox.requests.filter(({ path }) => path.startsWith('/graphql'));
    assert.equal(tries.length, 2);
  });

  it('is not tried again when it can not be renewed', async () => {
    const server = await environment();
    const credentials = fixed('local-token');
    const aem = clientOf(server, { credentials });
    await assert.rejects(aem.persistedQuery(author), code('token_rejected'));
    const tries = server.requests.filter(({ path }) => path.startsWith('/graphql'));
    assert.equal(tries.length, 1);
  });

  it('leaves errors of the token source as they are [complaint: hidden IMS errors]', async () => {
    const sandbox = await environment();
    const failure = Object.assign(new Error('certificate expired'), { code: 'invalid_token' });
    const token = async () => Promise.reject(failure);
    const aem = clientOf(sandbox, { credentials: { token, replace: token } });
    await assert.rejects(aem.persistedQuery(author), (error) => error === failure);
  });

  it('of src/ims fits as it is, Basic and none included', async () => {
    const fits: (source: TokenSource) => Credentials = credentialsFrom;
    assert.ok(fits);
    const sandbox = await environment();
    class Wrapped {
      readonly #text: string | undefined;
      constructor(text: string | undefined) {
        this.#text = text;
      }
      headers() {
        return this.#text === undefined ? {} : { authorization: this.#text };
      }
    }
    const refused: Wrapped[] = [];
    let present = new Wrapped(`Bearer ${sandbox.issueToken({}, -1)}`);
    const source = {
      accessToken: async () => present,
      async replace(token: Wrapped) {
        refused.push(token);
        present = new Wrapped(`Bearer ${sandbox.issueToken()}`);
        return present;
      },
    };
    const expired = present;
    await clientOf(sandbox, { credentials: credentialsFrom(source) }).persistedQuery(author);
    assert.deepEqual(refused, [expired]);
    const basic = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
    for (const text of [basic, undefined]) {
      present = new Wrapped(text);
      const aem = clientOf(sandbox, { credentials: credentialsFrom(source) });
      const asked = aem.persistedQuery(author);
      await (text === undefined ? assert.rejects(asked, code('token_missing')) : asked);
    }
  });
});

describe('a token that AEM ignores', () => {
  afterEach(cleanUp);

  const publish = { tier: 'publish', query: 'tve/assets-page' } as const;
  const tokenTiers = ['author', 'preview', 'publish'] as const;
  const open = `/1 { /type "allow" /url "/graphql/execute.json*" }
    /2 { /type "allow" /url "/libs/granite/security/currentuser.json" }`;

  it('gives 200 and less content: that is noticed where AEM tells the user', async () => {
    const sandbox = await environment({ filters: open });
    const refused: string[] = [];
    const replace = async (token: string) => {
      refused.push(token);
      return 'other-garbage';
    };
    const garbage = { token: async () => 'garbage', replace };
    await assert.rejects(
      clientOf(sandbox, { tokenTiers, credentials: garbage }).persistedQuery(publish),
      code('anonymous_fallback', { tier: 'publish', retryable: false }),
    );
    assert.deepEqual(refused, ['garbage']);
  });

  it('is renewed once like one that is refused', async () => {
    const sandbox = await environment({ filters: open });
    const { aem, state } = withToken(sandbox, { tokenTiers });
    await aem.persistedQuery(publish);
    const before = state.token;
    sandbox.forgetTokens();
    // What was honoured once isn't asked for again; a new token is.
    state.token = 'garbage';
    const { data } = await aem.persistedQuery({ ...publish, variables: { first: 100 } });
    assert.deepEqual(state.refused, ['garbage']);
    assert.notEqual(state.token, before);
    assert.ok(nodesOf(data).length > 0);
  });

  it('is noticed by the canary where the dispatcher hides the user', async () => {
    const sandbox = await environment();
    const members = sandbox.fragments.find(({ membersOnly }) => membersOnly);
    assert.ok(members?.fields.slug);
    const canary = { query: 'tve/asset-by-slug', variables: { slug: members.fields.slug } };
    const good = withToken(sandbox, { tokenTiers, canary });
    assert.ok((await good.aem.persistedQuery(publish)).data);
    const garbage = fixed('garbage');
    await assert.rejects(
      clientOf(sandbox, { tokenTiers, canary, credentials: garbage }).persistedQuery(publish),
      code('anonymous_fallback', { details: 'the canary query finds nothing' }),
    );
  });

  it('costs one question a token, not one a request', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    for (let n = 1; n <= 5; n += 1)
      await aem.persistedQuery({ ...author, variables: { first: n } });
    const asked = sandbox.requests.filter(({ path }) => path.includes('currentuser'));
    assert.equal(asked.length, 1);
  });

  it('costs one question of many who begin at once, whoever of them leaves', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    sandbox.faults.set({ kind: 'latency', path: '/libs/granite', ms: 50 });
    const reason = new Error('the viewer left');
    const controller = new AbortController();
    const query = { query: '{ tveAssetList(limit: 1) { items { slug } } }' };
    const leaving = assert.rejects(
      aem.adHocQuery(query, { signal: controller.signal }),
      (error) => error === reason,
    );
    const staying = [1, 2, 3].map(async (first) =>
      aem.persistedQuery({ ...author, variables: { first } }),
    );
    controller.abort(reason);
    await leaving;
    for (const { data } of await Promise.all(staying)) assert.ok(data);
    const asked = sandbox.requests.filter(({ path }) => path.includes('currentuser'));
    assert.equal(asked.length, 1);
  });

  it('is told to each who began at once, and asked again by the next', async () => {
    const sandbox = await environment({ filters: open });
    const refused = fixed('garbage');
    const aem = clientOf(sandbox, { tokenTiers, credentials: refused });
    const ask = async (first: number) =>
      assert.rejects(
        aem.persistedQuery({ ...publish, variables: { first } }),
        code('anonymous_fallback'),
      );
    await Promise.all([ask(1), ask(2), ask(3)]);
    const asked = () => sandbox.requests.filter(({ path }) => path.includes('currentuser')).length;
    assert.equal(asked(), 1);
    await ask(4);
    assert.equal(asked(), 2);
  });

  it('is noticed when it is revoked later', async () => {
    const sandbox = await environment({ filters: open });
    const { aem, state } = withToken(sandbox, { tokenTiers, identityCheckMs: 0 });
    await aem.persistedQuery(publish);
    const revoked = state.token;
    sandbox.forgetTokens();
    await aem.persistedQuery({ ...publish, revalidate: true });
    assert.deepEqual(state.refused, [revoked]);
  });

  it('may be of another account than expected', async () => {
    const sandbox = await environment();
    const expectedUser = 'someone-else@techacct.adobe.com';
    const { aem } = withToken(sandbox, { expectedUser });
    await assert.rejects(aem.persistedQuery(author), code('wrong_user'));
  });

  it('shows in currentUser, which publish hides', async () => {
    const sandbox = await environment();
    const { aem } = withToken(sandbox);
    assert.equal(await aem.currentUser('author'), 'technical-account@techacct.adobe.com');
    await assert.rejects(aem.currentUser('publish'), code('filter_closed'));
    const nameless = clientOf(await always(200, {}));
    await assert.rejects(nameless.currentUser('publish'), code('invalid_answer'));
  });

  it('without rights sees lists that are silently empty', async () => {
    const sandbox = await environment();
    const { aem, state } = withToken(sandbox);
    state.token = sandbox.issueToken({ reads: false });
    const { data, errors } = await aem.persistedQuery(author);
    assert.deepEqual([nodesOf(data), errors], [[], []]);
  });
});
