import assert from 'node:assert/strict';
import { startDevice } from './device.ts';
import type { Device, Json } from './device.ts';

describe('sandbox: faults, throttle and control', () => {
  let device: Device;
  beforeEach(async () => (device = await startDevice()));
  afterEach(() => device.sandbox.stop());
  const ask = (options = {}) => device.api('/REF30/profiles', options);
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${device.sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, json: (await response.json()) as Json };
  };

  it('answers as each fault says, then as before', async () => {
    const { faults } = device.sandbox;
    faults.set({ operation: 'profiles', kind: 'status', status: 503, times: 2 });
    assert.equal((await ask()).status, 503);
    assert.equal((await ask()).status, 503);
    faults.set({ kind: 'error', code: 'network_connection_timeout' });
    assert.equal((await ask()).json.code, 'network_connection_timeout');
    faults.set({ kind: 'expired-token' });
    assert.deepEqual((await ask()).json, {});
    faults.set({ kind: 'revoked-client' });
    assert.equal((await ask()).json.code, 'invalid_access_token_client_application');
    faults.set({ kind: 'html-429' });
    const limited = await ask();
    assert.equal(limited.status, 429);
    assert.match(limited.type, /text\/html/);
    faults.set({ kind: 'body', body: '{"profiles":' });
    assert.equal((await ask()).text, '{"profiles":');
    faults.set({ kind: 'latency', ms: 50 });
    const before = performance.now();
    assert.equal((await ask()).status, 200);
    assert.ok(performance.now() - before >= 45);
    assert.equal((await ask()).status, 200);
  });

  it('breaks and hangs connections', async () => {
    device.sandbox.faults.set({ kind: 'reset' });
    await assert.rejects(ask());
    device.sandbox.faults.set({ kind: 'hang' });
    const signal = AbortSignal.timeout(100);
    const headers = { Authorization: `Bearer ${device.token}` };
    await assert.rejects(
      fetch(`${device.sandbox.url}/api/v2/REF30/profiles`, { signal, headers }),
      { name: 'TimeoutError' },
    );
    assert.equal((await ask()).status, 200);
    assert.deepEqual(
      device.sandbox.requests.slice(-3).map(({ status }) => status),
      [0, 0, 200],
    );
  });

  it('keeps a share fault until cleared, and a fault to one device', async () => {
    device.sandbox.faults.set({ kind: 'status', share: 1, ip: '203.0.113.7' });
    assert.equal((await ask()).status, 500);
    assert.equal((await ask({ headers: { 'X-Forwarded-For': '203.0.113.8' } })).status, 200);
    assert.equal((await ask()).status, 500);
    device.sandbox.faults.clear();
    assert.equal((await ask()).status, 200);
    assert.throws(
      () => device.sandbox.faults.set({ kind: 'error', code: 'nope' }),
      /documented code/,
    );
  });

  it('throttles each address after its burst, for a second', async () => {
    const limited = await startDevice({ throttle: true });
    const ask = (ip: string) =>
      limited.api('/REF30/profiles', { headers: { 'X-Forwarded-For': ip } });
    for (let n = 0; n < 10; n += 1) assert.equal((await ask('203.0.113.1')).status, 200);
    let reply = await ask('203.0.113.1');
    while (reply.status === 200) reply = await ask('203.0.113.1');
    const blocked = performance.now();
    assert.equal(reply.status, 429);
    assert.match(reply.type, /text\/html/);
    assert.equal(reply.headers.get('retry-after'), null);
    assert.equal((await ask('203.0.113.2')).status, 200);
    while ((await ask('203.0.113.1')).status === 429) {
      assert.ok(performance.now() - blocked < 3_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const heard = limited.sandbox.requests.filter(({ ip }) => ip === '203.0.113.1');
    const refused = heard.findIndex(({ status }) => status === 429);
    const last = heard[refused - 1]?.at ?? Number.NaN;
    const next = heard.slice(refused).find(({ status }) => status === 200)?.at ?? Number.NaN;
    assert.ok(next - last > 900, `${next - last} ms`);
    await limited.sandbox.stop();
  });

  it('records every request', async () => {
    await device.signInSession();
    const last = device.sandbox.requests.at(-1);
    assert.deepEqual(
      [last?.operation, last?.method, last?.path, last?.ip, last?.status],
      ['createSession', 'POST', '/api/v2/REF30/sessions', '203.0.113.7', 200],
    );
    assert.ok(JSON.stringify(last?.body).includes('"mvpd":"NorthCable"'));
    assert.deepEqual(
      device.sandbox.requests.map(({ operation }) => operation),
      ['register', 'token', 'createSession'],
    );
  });

  it('does the same over HTTP, and explains bad input', async () => {
    assert.equal((await control('POST', 'faults', { kind: 'status', status: 502 })).status, 200);
    assert.equal((await control('GET', 'state')).json.faults.length, 1);
    assert.equal((await ask()).status, 502);
    const bad = await control('POST', 'faults', { kind: 'explode' });
    assert.equal(bad.status, 400);
    assert.match(bad.json.error, /^fault kind: [^\n]+$/);
    assert.equal((await control('POST', 'end-session', { code: 'NOPE' })).status, 400);
    assert.equal((await control('DELETE', 'faults')).status, 200);
    assert.equal((await control('POST', 'expire-tokens')).status, 200);
    assert.equal((await ask()).status, 401);
    assert.equal(
      (await control('GET', 'software-statement')).json.software_statement.split('.').length,
      3,
    );
    assert.equal((await control('GET', 'requests')).json.length, device.sandbox.requests.length);
    device.sandbox.reset();
    assert.equal(device.sandbox.requests.length, 0);
  });
});
