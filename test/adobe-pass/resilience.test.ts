import assert from 'node:assert/strict';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';

const ok = { body: { profiles: {} } };
const from = (ip: string) => ({ ...base, device: { ...device, ip } });
const code = (expected: string, rest: object = {}) => ({
  name: 'AdobePassError',
  code: expected,
  retryable: true,
  ...rest,
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('time-outs and aborts', () => {
  afterEach(cleanUp);

  it('ends a call that takes too long', async () => {
    const pass = clientOf(await recorder(() => 'hang'), { requestTimeoutMs: 80 });
    await assert.rejects(pass.profiles(base), code('timeout'));
  });

  it('lets a call shorten the limit, not lengthen it', async () => {
    const pass = clientOf(await recorder(() => 'hang'), { requestTimeoutMs: 150 });
    const startedAt = performance.now();
    await assert.rejects(pass.profiles(base, { timeoutMs: 40 }), code('timeout'));
    assert.ok(performance.now() - startedAt < 140);
    await assert.rejects(pass.profiles(base, { timeoutMs: 60_000 }), code('timeout'));
  });

  it('rejects with the reason of the caller who aborts', async () => {
    const server = await recorder(() => 'hang');
    const pass = clientOf(server);
    const controller = new AbortController();
    const reason = new Error('the viewer left');
    const pending = pass.profiles(base, { signal: controller.signal });
    await until(() => server.received.length === 1);
    controller.abort(reason);
    await assert.rejects(pending, (error) => error === reason);
    await assert.rejects(
      pass.profiles(base, { signal: controller.signal }),
      (error) => error === reason,
    );
    assert.equal(server.received.length, 1);
  });
});

describe('circuit breaker [AI-01]', () => {
  afterEach(cleanUp);
  const breaker = { consecutiveFailures: 3, halfOpenAfterMs: 120 };

  it('opens after failures in a row, then tries one call and closes', async () => {
    const server = await recorder(() => ({ status: 503, body: '' }));
    const pass = clientOf(server, { breaker });
    for (let i = 0; i < 3; i += 1) await assert.rejects(pass.profiles(base), code('server_error'));
    await assert.rejects(pass.profiles(base), code('circuit_open'));
    assert.equal(server.received.length, 3);
    await new Promise((resolve) => setTimeout(resolve, 130));
    await assert.rejects(pass.profiles(base), code('server_error'));
    await assert.rejects(pass.profiles(base), code('circuit_open'));
    assert.equal(server.received.length, 4);
    server.answer = () => ok;
    await new Promise((resolve) => setTimeout(resolve, 130));
    assert.deepEqual(await pass.profiles(base), []);
    assert.deepEqual(await pass.profiles(base), []);
  });

  it('counts time-outs and lost connections', async () => {
    const server = await recorder((_, count) => (count === 1 ? 'hang' : 'reset'));
    const pass = clientOf(server, { breaker, requestTimeoutMs: 100 });
    await assert.rejects(pass.profiles(base), code('timeout'));
    await assert.rejects(pass.profiles(base), code('network_error'));
    await assert.rejects(pass.profiles(base), code('network_error'));
    await assert.rejects(pass.profiles(base), code('circuit_open'));
  });

  it('stays closed through denials, bad requests and errors that Adobe explains', async () => {
    const replies = [
      { status: 403, body: { status: 403, code: 'c', action: 'authentication' } },
      { status: 500, body: { status: 500, code: 'internal_server_error', action: 'none' } },
      { status: 404, body: '' },
      { status: 429, body: '<html></html>' },
      { body: 'not json' },
    ];
    const server = await recorder((_, count) => replies[count % replies.length] ?? ok);
    const pass = clientOf(server, { breaker });
    for (let i = 0; i < 10; i += 1) await assert.rejects(pass.profiles(base));
    assert.equal(server.received.length, 10);
  });

  it('begins to count again after any word from the server', async () => {
    const server = await recorder((_, count) =>
      count % 3 === 0 ? { status: 404, body: '' } : { status: 502, body: '' },
    );
    const pass = clientOf(server, { breaker });
    for (let i = 0; i < 9; i += 1) await assert.rejects(pass.profiles(base));
    assert.equal(server.received.length, 9);
  });

  it('ignores callers who give up', async () => {
    const server = await recorder(() => 'hang');
    const pass = clientOf(server, { breaker });
    for (let i = 0; i < 4; i += 1) {
      const controller = new AbortController();
      const pending = pass.profiles(base, { signal: controller.signal });
      await until(() => server.received.length === i + 1);
      controller.abort(new Error('gone'));
      await assert.rejects(pending, { message: 'gone' });
    }
    server.answer = () => ok;
    assert.deepEqual(await pass.profiles(base), []);
  });
});

describe('bulkhead', () => {
  afterEach(cleanUp);

  it('lets some calls through, some wait, and refuses the rest', async () => {
    const server = await recorder(() => ({ ...ok, delayMs: 100 }));
    const pass = clientOf(server, { bulkhead: { inFlight: 2, queued: 1 } });
    const calls = [1, 2, 3, 4].map(() => pass.profiles(base));
    await assert.rejects(calls[3] ?? Promise.resolve(), code('bulkhead_full'));
    await Promise.all(calls.slice(0, 3));
    assert.equal(server.received.length, 3);
  });

  it('ends the wait of a call whose time is up, without sending it', async () => {
    const server = await recorder(() => ({ ...ok, delayMs: 200 }));
    const pass = clientOf(server, { bulkhead: { inFlight: 1, queued: 1 } });
    const first = pass.profiles(base);
    await assert.rejects(pass.profiles(base, { timeoutMs: 50 }), code('timeout'));
    await first;
    await pass.profiles(base);
    assert.equal(server.received.length, 2);
  });

  it('passes on the turn of a call whose time is up', async () => {
    const server = await recorder(() => ({ ...ok, delayMs: 200 }));
    const pass = clientOf(server, { bulkhead: { inFlight: 1, queued: 2 } });
    const first = pass.profiles(base);
    const late = pass.profiles(base, { timeoutMs: 50 });
    const last = pass.profiles(base);
    await assert.rejects(late, code('timeout'));
    await Promise.all([first, last]);
    assert.equal(server.received.length, 2);
  });
});

describe('throttle', () => {
  afterEach(cleanUp);

  it('sends a burst at once, then at the rate, per device address [THR-02]', async () => {
    const server = await recorder(() => ok);
    const pass = clientOf(server, { throttle: { ratePerSecond: 10, burst: 3 } });
    const startedAt = performance.now();
    await Promise.all([1, 2, 3].map(() => pass.profiles(base)));
    assert.ok(performance.now() - startedAt < 90);
    await Promise.all([1, 2].map(() => pass.profiles(base)));
    const took = performance.now() - startedAt;
    assert.ok(took >= 180 && took < 600, `${took}`);
    const other = performance.now();
    await pass.profiles(from('203.0.113.99'));
    assert.ok(performance.now() - other < 90);
  });

  it('refuses a call whose turn comes after its time, and says when [THR-02]', async () => {
    const server = await recorder(() => ok);
    const pass = clientOf(server, { throttle: { ratePerSecond: 1, burst: 1 } });
    await pass.profiles(base);
    const startedAt = performance.now();
    await assert.rejects(pass.profiles(base, { timeoutMs: 300 }), (error: unknown) => {
      const { code: is, retryAfterMs = 0 } = error as { code: string; retryAfterMs?: number };
      return is === 'rate_limited' && retryAfterMs > 800 && retryAfterMs <= 1000;
    });
    assert.ok(performance.now() - startedAt < 100, 'refused at once');
    assert.equal(server.received.length, 1);
  });

  it('has the allowance of Adobe by default: ten at once, the eleventh waits [THR-02]', async () => {
    const server = await recorder(() => ok);
    const { createAdobePass } = await import('../../src/adobe-pass/index.ts');
    const pass = createAdobePass({ baseUrl: server.url });
    await Promise.all(Array.from({ length: 10 }, () => pass.profiles(base)));
    await assert.rejects(pass.profiles(base, { timeoutMs: 500 }), code('rate_limited'));
    pass.close();
  });

  it('gives back the turn of a call that was aborted while it waited', async () => {
    const server = await recorder(() => ok);
    const pass = clientOf(server, { throttle: { ratePerSecond: 5, burst: 1 } });
    await pass.profiles(base);
    const controller = new AbortController();
    const waiting = pass.profiles(base, { signal: controller.signal });
    controller.abort(new Error('gone'));
    await assert.rejects(waiting, { message: 'gone' });
    const startedAt = performance.now();
    await pass.profiles(base);
    assert.ok(performance.now() - startedAt < 300);
  });

  it('pauses a device, and no other, for a second after a 429 [THR-04]', async () => {
    const server = await recorder((_, count) => (count === 1 ? { status: 429, body: '' } : ok));
    const pass = clientOf(server, { throttle: { ratePerSecond: 100, burst: 10 } });
    await assert.rejects(pass.profiles(base), code('throttled'));
    const refusedAt = performance.now();
    await assert.rejects(pass.profiles(base, { timeoutMs: 200 }), code('throttled'));
    await pass.profiles(from('203.0.113.98'), { timeoutMs: 200 });
    await pass.profiles(base);
    assert.ok(performance.now() - refusedAt >= 990);
  });

  it('leaves Adobe alone for as long as its Retry-After says [THR-04]', async () => {
    const refusal = { status: 429, headers: { 'retry-after': '120' }, body: '' };
    const server = await recorder((_, count) => (count === 1 ? refusal : ok));
    const pass = clientOf(server, { throttle: { ratePerSecond: 100, burst: 10 } });
    await assert.rejects(pass.profiles(base), code('throttled', { retryAfterMs: 120_000 }));
    await assert.rejects(pass.profiles(base), (error: unknown) => {
      const { code: is, retryAfterMs = 0 } = error as { code: string; retryAfterMs?: number };
      return is === 'throttled' && retryAfterMs > 100_000 && retryAfterMs <= 120_000;
    });
    assert.equal(server.received.length, 1);
    await pass.profiles(from('203.0.113.98'));
  });
});
