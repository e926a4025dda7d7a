import assert from 'node:assert/strict';
import { cleanUp, execute, get, slugs, start } from './support.ts';

const path = `${execute}/page`;

describe('AEM stand-in: faults and records', () => {
  afterEach(cleanUp);

  const statuses: [string, number][] = [
    ['empty-401', 401],
    ['login-redirect', 302],
    ['login-page', 200],
    ['proxy-page', 200],
    ['closed-filter', 404],
    ['blocked-403', 403],
    ['blocked-405', 405],
    ['too-many-sessions', 503],
    ['throttled', 429],
    ['status', 500],
    ['graphql-error', 200],
    ['partial', 200],
  ];
  for (const [kind, status] of statuses) {
    it(`answers ${status} for ${kind}, once`, async () => {
      const sandbox = await start();
      sandbox.faults.set({ kind: kind as 'status' });
      assert.equal((await get(sandbox, 'publish', path)).status, status);
      assert.equal(slugs(await get(sandbox, 'publish', path)).length, 50);
    });
  }

  it('limits a fault to a tier and a path, and clears it', async () => {
    const sandbox = await start();
    sandbox.faults.set({ kind: 'status', tier: 'preview', path: '/graphql', times: 9 });
    assert.equal((await get(sandbox, 'publish', path)).status, 200);
    assert.equal((await get(sandbox, 'preview', path)).status, 500);
    sandbox.faults.clear();
    assert.equal((await get(sandbox, 'preview', path)).status, 200);
    assert.throws(() => sandbox.faults.set({ kind: 'nothing' as 'status' }), /fault kind/);
  });

  it('breaks connections, holds them open, and still stops', async () => {
    const sandbox = await start();
    sandbox.faults.set({ kind: 'reset' });
    await assert.rejects(get(sandbox, 'publish', path));
    sandbox.faults.set({ kind: 'hang' });
    const hanging = get(sandbox, 'publish', path).then(
      () => 'answered',
      () => 'broken',
    );
    while (sandbox.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await sandbox.stop();
    assert.equal(await hanging, 'broken');
  });

  it('records what came and what it answered', async () => {
    const sandbox = await start();
    await get(sandbox, 'publish', path, { headers: { 'x-mark': 'a' } });
    const [request] = sandbox.requests;
    assert.deepEqual(
      [request?.tier, request?.method, request?.path, request?.status],
      ['publish', 'GET', path, 200],
    );
    assert.equal(request?.headers['x-mark'], 'a');
  });

  it('is as new after a reset', async () => {
    const sandbox = await start();
    const token = sandbox.issueToken();
    const [one] = sandbox.fragments;
    assert.ok(one);
    one.fields.title = 'Changed';
    sandbox.faults.set({ kind: 'status', times: 9 });
    sandbox.setFilters('');
    sandbox.reset();
    assert.notEqual(sandbox.fragments[0]?.fields.title, 'Changed');
    assert.equal((await get(sandbox, 'publish', path)).status, 404);
    assert.deepEqual([sandbox.requests.length, sandbox.secrets()], [1, [token]]);
  });

  it('makes the same catalogue of the same size every time', async () => {
    const [one, two] = await Promise.all([start({ titles: 60 }), start({ titles: 60 })]);
    assert.deepEqual(one.fragments, two.fragments);
    assert.equal(new Set(one.fragments.map(({ fields }) => fields.slug)).size, 60);
  });
});
