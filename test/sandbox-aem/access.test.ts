import assert from 'node:assert/strict';
import { bearer, cleanUp, execute, get, slugs, start, suffix } from './support.ts';

const who = '/libs/granite/security/currentuser.json';
const all = `${execute}/page${suffix(';first=100')}`;

describe('AEM stand-in: who may see what (5.1, 5.2)', () => {
  afterEach(cleanUp);

  it('lets nobody into author without a login: 401 with an empty body', async () => {
    const sandbox = await start();
    for (const init of [{}, bearer('garbage'), { headers: { authorization: 'Basic eDp5' } }]) {
      const { status, text, type } = await get(sandbox, 'author', all, init);
      assert.deepEqual([status, text, type], [401, '', '']);
    }
    assert.equal((await get(sandbox, 'author', all, bearer(sandbox.issueToken()))).status, 200);
  });

  it('takes Basic on author, for a local AEM', async () => {
    const sandbox = await start();
    const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
    assert.match((await get(sandbox, 'author', who, { headers })).text, /"admin"/);
  });

  it('gives an expired token 401 with an empty body, even where anybody may read', async () => {
    const sandbox = await start();
    const token = sandbox.issueToken();
    sandbox.expireTokens();
    for (const tier of ['author', 'publish'] as const) {
      const { status, text } = await get(sandbox, tier, all, bearer(token));
      assert.deepEqual([status, text], [401, '']);
    }
  });

  it('gives a garbage token 200 and the anonymous view where anybody may read', async () => {
    const sandbox = await start();
    const honoured = slugs(await get(sandbox, 'publish', all, bearer(sandbox.issueToken())));
    const anonymous = slugs(await get(sandbox, 'publish', all));
    const garbage = slugs(await get(sandbox, 'publish', all, bearer('garbage')));
    assert.deepEqual(garbage, anonymous);
    assert.ok(anonymous.length < sandbox.fragments.length);
    assert.notDeepEqual(honoured, anonymous);
  });

  it('shows browsers the login, by redirect or as a page on 200', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0 (X11)' };
    const redirecting = await get(await start(), 'author', all, { headers });
    assert.equal(redirecting.status, 302);
    assert.match(redirecting.headers.get('location') ?? '', /login\.html/);
    const page = await get(await start({ login: 'page' }), 'author', all, { headers });
    assert.equal(page.status, 200);
    assert.match(page.type, /text\/html/);
  });

  it('tells scripts of browsers why, with 403', async () => {
    const headers = { 'x-requested-with': 'XMLHttpRequest' };
    const answer = await get(await start(), 'author', all, { headers });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers.get('x-reason-code'), 'invalid_login');
  });

  it('needs no Origin, and refuses any that comes: there is no CORS policy', async () => {
    const sandbox = await start();
    assert.equal((await get(sandbox, 'publish', all)).status, 200);
    const headers = { origin: 'https://example.com' };
    assert.equal((await get(sandbox, 'publish', all, { headers })).status, 403);
  });

  it('shows drafts on author, what is previewed on preview too, the rest everywhere', async () => {
    const sandbox = await start({ titles: 3 });
    const [draft, preview] = sandbox.fragments;
    assert.ok(draft && preview);
    draft.stage = 'draft';
    preview.stage = 'preview';
    const counts = [];
    for (const tier of ['author', 'preview', 'publish'] as const) {
      counts.push(slugs(await get(sandbox, tier, all, bearer(sandbox.issueToken()))).length);
    }
    assert.deepEqual(counts, [3, 2, 1]);
  });

  it('leaves out silently what an account may not read', async () => {
    const sandbox = await start();
    const token = sandbox.issueToken({ reads: false });
    const { status, json } = await get(sandbox, 'author', all, bearer(token));
    assert.deepEqual([status, json.errors], [200, undefined]);
    assert.deepEqual(slugs(await get(sandbox, 'author', all, bearer(token))), []);
  });

  it('takes users from elsewhere, such as an IMS stand-in', async () => {
    const user = { id: 'from-ims', reads: true, writes: false };
    const sandbox = await start({
      users: (token) => (token === 'ims' ? user : token === 'old' ? 'expired' : undefined),
    });
    assert.match((await get(sandbox, 'author', who, bearer('ims'))).text, /from-ims/);
    assert.equal((await get(sandbox, 'author', who, bearer('old'))).status, 401);
  });
});

describe('AEM stand-in: dispatcher (6)', () => {
  afterEach(cleanUp);

  it('opens execute.json by the stock rules, and hides the rest behind a 404 page', async () => {
    const sandbox = await start();
    assert.equal((await get(sandbox, 'publish', all)).status, 200);
    for (const path of ['/graphql/list.json', '/graphql/persist.json/tve/x', who, '/content']) {
      const { status, type } = await get(sandbox, 'publish', path);
      assert.equal(status, 404);
      assert.match(type, /text\/html/);
    }
    const { status } = await get(sandbox, 'publish', all, { method: 'DELETE' });
    assert.equal(status, 404);
  });

  it('guards publish and preview, not author', async () => {
    const sandbox = await start({ filters: '/1 { /type "deny" /url "*" }' });
    const init = bearer(sandbox.issueToken());
    assert.equal((await get(sandbox, 'publish', all, init)).status, 404);
    assert.equal((await get(sandbox, 'preview', all, init)).status, 404);
    assert.equal((await get(sandbox, 'author', all, init)).status, 200);
  });

  it('denies by default, and lets the last rule that matches decide', async () => {
    const sandbox = await start({ filters: '' });
    assert.equal((await get(sandbox, 'publish', all)).status, 404);
    const allow = '/1 { /type "allow" /url "/graphql/*" }';
    const deny = `/2 { /type "deny" /method 'GET' /url '/graphql/.*' } # not by GET`;
    sandbox.setFilters(`${allow}\n# a comment\n${deny.split(' #')[0]}`);
    assert.equal((await get(sandbox, 'publish', all)).status, 404);
    sandbox.setFilters(`${deny.split(' #')[0]}\n${allow}`);
    assert.equal((await get(sandbox, 'publish', all)).status, 200);
    assert.throws(() => sandbox.setFilters('/1 { /type "allow" /glob "*" }'), /knows no \/glob/);
    assert.throws(() => sandbox.setFilters('/1 allow everything'), /no filter rule/);
  });

  it('loses values with a slash where it caches persisted queries', async () => {
    const path = `${execute}/found${suffix(';slug=a/b')}`;
    assert.equal((await get(await start(), 'publish', path)).status, 200);
    assert.equal((await get(await start({ dispatcherCaches: true }), 'publish', path)).status, 404);
  });
});
