import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { KeyRing } from '../../src/client.ts';
import { keepApart } from '../../src/gateway/server.ts';
import { eventually } from '../support/stack.ts';
import { type Farm, startFarm, Tv } from './support.ts';

describe('health of a gateway', () => {
  let farm: Farm;
  let temporalAnswers = true;
  before(async () => {
    const ready = async () => {
      if (!temporalAnswers) throw new Error('away');
    };
    farm = await startFarm({ ready });
  });
  after(() => farm.stop());

  it('is alive but not ready while Temporal is away, and ready again after it', async () => {
    const tv = new Tv(farm);
    const readyz = async () => (await tv.send('/readyz')).status;
    assert.equal(await readyz(), 200);
    temporalAnswers = false;
    await eventually(async () => (await readyz()) === 503, 'not ready');
    assert.equal((await tv.send('/healthz')).status, 200);
    temporalAnswers = true;
    await eventually(async () => (await readyz()) === 200, 'ready');
  });

  it('is not ready once it is about to stop, serves on, and ends connections', async () => {
    const mortal = await farm.another();
    const tv = await Tv.registered(farm);
    const { headers: kept } = await tv.send('/healthz', { url: mortal.url });
    assert.equal(kept.get('connection'), 'keep-alive');
    mortal.drain();
    const { status, body, headers } = await tv.send('/readyz', { url: mortal.url });
    assert.deepEqual([status, body['status']], [503, 'stopping']);
    assert.equal(headers.get('connection'), 'close');
    assert.equal((await tv.authorize({}, mortal.url)).status, 200);
    await mortal.stop();
  });

  it('is not held up by connections on which nothing was sent, nor by half a request', async () => {
    const mortal = await farm.another({ env: { GATEWAY_REQUEST_TIMEOUT_MS: '500' } });
    const silent = connectTcp(mortal.port, '127.0.0.1');
    const slow = connectTcp(mortal.port, '127.0.0.1');
    await Promise.all([once(silent, 'connect'), once(slow, 'connect')]);
    slow.write('GET /healthz HTT');
    const ended = [silent, slow].map(
      (socket) => new Promise((resolve) => socket.on('error', () => {}).once('close', resolve)),
    );
    await Promise.all([mortal.stop(), ...ended]);
  });

  it('answers what is under way before it stops', async () => {
    const mortal = await farm.another();
    const tv = await Tv.registered(farm);
    farm.stack.sandbox.faults.set({
      operation: 'createSession',
      kind: 'latency',
      ms: 700,
      ip: tv.ip,
    });
    const answer = tv.authorize({}, mortal.url);
    await eventually(
      () => farm.stack.sandbox.requests.some(({ headers }) => headers['x-forwarded-for'] === tv.ip),
      'Adobe was asked',
    );
    const [{ status }] = await Promise.all([answer, mortal.stop()]);
    assert.equal(status, 200);
    await assert.rejects(tv.send('/healthz', { url: mortal.url }));
  });
});

describe('a gateway under pressure', () => {
  let farm: Farm;
  before(async () => {
    // Any delay is too much, so that it sheds everything.
    farm = await startFarm({ maxEventLoopDelayMs: 0.000001 });
  });
  after(() => farm.stop());

  it('sheds load as 429 slow_down in JSON for OAuth, as a problem elsewhere; health goes on', async () => {
    const tv = new Tv(farm);
    const polled = await eventually(async () => {
      const answer = await tv.poll('x');
      return answer.status === 429 && answer;
    }, 'it sheds load');
    assert.equal(polled.body['error'], 'slow_down');
    assert.match(polled.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(polled.headers.get('cache-control'), 'no-store');
    assert.ok(Number(polled.headers.get('retry-after')) >= 1);
    const busy = async (path: string) =>
      eventually(async () => {
        const answer = await tv.send(path);
        return answer.status !== 200 && answer.status !== 401 && answer;
      }, path);
    const metadata = await busy('/.well-known/oauth-authorization-server');
    assert.deepEqual([metadata.status, metadata.body['error']], [429, 'slow_down']);
    const session = await busy('/v1/session');
    assert.deepEqual([session.status, session.body['action']], [503, 'retry']);
    assert.match(session.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal((await tv.send('/healthz')).status, 200);
  });
});

describe('what never becomes a request', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ env: { GATEWAY_REQUEST_TIMEOUT_MS: '500' } });
  });
  after(() => farm.stop());

  async function raw(text: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const socket = connectTcp(Number(new URL(farm.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.write(text);
    await once(socket, 'close');
    const [head = '', body = '{}'] = answer.split('\r\n\r\n');
    assert.match(head, /^content-type: application\/problem\+json/im);
    assert.match(head, /^cache-control: no-store/im);
    return {
      status: Number(head.split(' ')[1]),
      body: JSON.parse(body) as Record<string, unknown>,
    };
  }
  const post = 'POST /oauth/token HTTP/1.1\r\nHost: x\r\n';
  const form = 'Content-Type: application/x-www-form-urlencoded\r\n';

  for (const [what, status, text] of [
    ['a slow body', 408, `${post}${form}Content-Length: 100\r\n\r\ngrant`],
    ['slow headers', 408, post],
    ['headers of 100 kB', 431, `${post}X: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['another protocol', 400, 'SSH-2.0-x\r\n\r\n'],
    ['two lengths', 400, `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
  ] as const) {
    it(`${what} is answered ${status}, readable as a problem and as an OAuth error`, async () => {
      const answer = await raw(text);
      assert.equal(answer.status, status);
      assert.equal(answer.body['status'], status);
      assert.equal(answer.body['error'], 'invalid_request');
    });
  }

  it('an address that can not be read is answered 400 in the same form', async () => {
    const answer = await new Tv(farm).send('/v1/activation/%E0%A4%A');
    assert.equal(answer.status, 400);
    assert.equal(answer.body['code'], 'invalid_request');
    assert.equal(answer.body['error'], 'invalid_request');
  });
});

describe('key rings', () => {
  it('of clients and of sealing are kept apart', () => {
    const [one, other] = [KeyRing.generate(), KeyRing.generate()];
    keepApart(one, other);
    const both = new KeyRing([other.sealingKey, { ...one.sealingKey, id: 'renamed' }]);
    assert.throws(() => keepApart(one, both), {
      name: 'ConfigError',
      message: /^GATEWAY_CLIENT_KEYS has a key of DEVICEPASS_KEYS: /,
    });
  });
});
