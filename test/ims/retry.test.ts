import assert from 'node:assert/strict';
import { cleanUp, minuteMs, refusal, stage } from './support.ts';

describe('repeating a token request', () => {
  afterEach(cleanUp);

  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503, body: '{"error":"unavailable"}' },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 200, body: '<html>maintenance</html>' },
    { kind: 'reset' },
    { kind: 'lost-answer' },
  ] as const) {
    it(`${JSON.stringify(fault)}: three tries, with a new JWT each`, async () => {
      const { sandbox, tokens, clock, calls } = await stage();
      sandbox.faults.set({ ...fault, times: 2 });
      await tokens(sandbox.serviceCredentials()).accessToken();
      assert.equal(calls(), 3);
      const jwts = sandbox.requests.map(({ form }) => new Map(form).get('jwt_token'));
      assert.equal(new Set(jwts).size, 3);
      assert.equal(clock.slept.length, 2);
    });
  }

  it('no more than three tries', async () => {
    const { sandbox, tokens, calls } = await stage();
    sandbox.faults.set({ kind: 'status', status: 500, times: 9 });
    const error = await refusal(tokens(sandbox.serviceCredentials()).accessToken());
    assert.deepEqual([error.code, error.status, calls()], ['server_error', 500, 3]);
  });

  it('never after any other 4xx', async () => {
    for (const status of [400, 401, 403, 404, 408, 415]) {
      const { sandbox, tokens, calls } = await stage();
      sandbox.faults.set({ kind: 'status', status, times: 9, body: '{"error":"odd"}' });
      await refusal(tokens(sandbox.oauthCredentials()).accessToken());
      assert.equal(calls(), 1, String(status));
      await cleanUp();
    }
  });

  it('a silent IMS ends each try in its time', async () => {
    const { sandbox, tokens, calls } = await stage({ ims: { timeoutMs: 60 } });
    sandbox.faults.set({ kind: 'hang', times: 2 });
    await tokens(sandbox.oauthCredentials()).accessToken();
    assert.equal(calls(), 3);
    sandbox.faults.set({ kind: 'hang', times: 3 });
    const error = await refusal(tokens(sandbox.oauthCredentials()).accessToken());
    assert.deepEqual([error.code, error.hop], ['timeout', `ims ${sandbox.host}`]);
  });

  it('waits as Retry-After asks, and leaves IMS in peace when that is long', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    sandbox.faults.set({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
    await tokens(sandbox.oauthCredentials()).accessToken();
    assert.deepEqual(clock.slept, [3000]);
    sandbox.faults.set({ kind: 'status', status: 429, headers: { 'retry-after': '120' } });
    const source = tokens(sandbox.oauthCredentials());
    const error = await refusal(source.accessToken());
    assert.deepEqual([error.code, error.retryAfterMs], ['throttled', 120_000]);
    const before = calls();
    clock.pass(119_000);
    assert.equal((await refusal(source.accessToken())).code, 'throttled');
    assert.equal(calls(), before);
    clock.pass(2000);
    await source.accessToken();
    assert.equal(calls(), before + 1);
  });

  it('pauses are random up to a doubling limit', async () => {
    const { sandbox, tokens, clock } = await stage({ ims: { random: () => 0.999 } });
    sandbox.faults.set({ kind: 'status', status: 500, times: 2 });
    await tokens(sandbox.oauthCredentials()).accessToken();
    assert.deepEqual(clock.slept, [999, 1998]);
  });

  it('a broken credential is not tried again for a minute', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const file = sandbox.serviceCredentials();
    const { clientId } = file.integration.technicalAccount;
    sandbox.revokeCertificate(clientId);
    const source = tokens(file);
    for (let i = 0; i < 20; i += 1) await refusal(source.accessToken());
    assert.equal(calls(), 1);
    clock.pass(minuteMs + 1);
    await refusal(source.accessToken());
    assert.equal(calls(), 2);
  });

  it('of two secrets the one that works is used, and remembered', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const { client_id: clientId } = sandbox.developerConsoleCredentials();
    const old = sandbox.requests.length;
    sandbox.addSecret(clientId);
    const file = { ...sandbox.developerConsoleCredentials(), client_id: clientId };
    const good = sandbox.addSecret(clientId);
    const source = tokens({ ...file, client_secrets: ['p8e-revoked', good] });
    await source.accessToken();
    assert.equal(calls() - old, 2);
    const first = await source.accessToken();
    clock.pass(1000);
    await source.replace(first);
    assert.equal(calls() - old, 3);
  });
});
