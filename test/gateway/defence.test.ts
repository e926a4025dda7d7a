import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { Writable } from 'node:stream';
import { createLogger } from '../../src/log.ts';
import { readGatewaySettings } from '../../src/gateway/index.ts';
import { Quotas } from '../../src/gateway/quotas.ts';
import { addressOf, neighbourhood, parseHop } from '../../src/gateway/addresses.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';
import { untilTheyLast } from '../support/ten-minutes.ts';

describe('defence', () => {
  let farm: Farm;
  const lines: string[] = [];
  before(async () => {
    const logger = createLogger(
      'trace',
      new Writable({
        write(chunk, _encoding, done) {
          lines.push(String(chunk));
          done();
        },
      }),
    );
    farm = await startFarm({ logger, env: { GATEWAY_REQUEST_TIMEOUT_MS: '1000' } });
  });
  after(() => farm.stop());

  it('reads a form of very many names as fast as one of few', async () => {
    const names = Array.from({ length: 16_000 }, (_, index) => index.toString(36)).join('&');
    const from = performance.now();
    const { status } = await fetch(`${farm.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: names.slice(0, 64 * 1024 - 1),
    });
    assert.equal(status, 400);
    // Name by name through all others took 1.5 s.
    assert.ok(performance.now() - from < 500);
  });

  it('refuses a body of 10 MB with JSON', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024);
    for (const [path, type, field] of [
      ['/oauth/token', 'application/x-www-form-urlencoded', 'error'],
      ['/v1/activation/ABCDEFG', 'application/json', 'code'],
    ] as const) {
      const response = await fetch(farm.url + path, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
      });
      assert.equal(response.status, 413, path);
      assert.equal(((await response.json()) as Record<string, string>)[field], 'invalid_request');
    }
  });

  it('ends a request that takes too long to arrive', async () => {
    const socket = connectTcp(Number(new URL(farm.url).port), '127.0.0.1');
    socket.write(
      'POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ngrant',
    );
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    await once(socket, 'close');
    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  it('answers a body that is no form, and a method that is not served, with JSON', async () => {
    const tv = new Tv(farm);
    const json = await tv.send('/oauth/token', { json: { grant_type: ['x'] } });
    assert.equal(json.status, 400);
    assert.equal(json.body['error'], 'invalid_request');
    const response = await fetch(`${farm.url}/oauth/token`, { method: 'POST', body: '<xml/>' });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_request');
    assert.equal((await tv.send('/oauth/token')).status, 405);
  });

  it('sends security headers everywhere', async () => {
    const { headers } = await new Tv(farm).send('/healthz');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  it('writes no secret, code or address into its log [S2S-06]', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const { finalUrl } = await signIn(farm, shown['user_code']);
    const { body: token } = await pollUntilDone(tv, shown['device_code']);
    await tv.refresh(token['refresh_token']);
    await tv.send('/v1/authorize', {
      token: String(token['access_token']),
      json: { resource: 'REF30' },
    });
    await fetch(`${farm.url}/return?device=tampered`);
    const log = lines.join('');
    assert.match(log, /"route":"\/oauth\/token"/);
    for (const secret of [
      tv.clientSecret,
      tv.clientId,
      tv.ip,
      shown['user_code'],
      shown['device_code'],
      token['access_token'],
      token['refresh_token'],
      new URL(finalUrl).searchParams.get('device'),
      ...farm.stack.sandbox.secrets(),
    ]) {
      assert.ok(typeof secret === 'string' && secret !== '');
      assert.ok(!log.includes(secret), `the log has ${secret.slice(0, 12)}`);
    }
  });

  it('reaches the return page with a sealed handle only, and nudges', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const { finalUrl } = await signIn(farm, shown['user_code']);
    assert.ok(finalUrl.startsWith(`${farm.url}/return?device=`));
    assert.equal((await fetch(finalUrl)).status, 200);
    assert.equal((await fetch(`${finalUrl}x`)).status, 404);
  });
});

const settings = (env: Record<string, string> = {}) =>
  readGatewaySettings({
    GATEWAY_ISSUER: 'https://tv.example.com',
    GATEWAY_CLIENT_KEYS: `k:${Buffer.alloc(32).toString('base64url')}`,
    GATEWAY_TOKEN_KEYS: JSON.stringify({
      keys: [{ kty: 'EC', crv: 'P-256', kid: 'k', x: 'x', y: 'y', d: 'd' }],
    }),
    ...env,
  });

describe('quotas', () => {
  beforeEach(untilTheyLast);
  let farm: Farm;
  before(async () => {
    farm = await startFarm({
      env: {
        GATEWAY_REGISTRATIONS_PER_ADDRESS: '2',
        GATEWAY_SESSIONS_PER_ADDRESS: '1',
        GATEWAY_REQUESTS_PER_MINUTE: '12',
        GATEWAY_WRONG_CODES: '3',
      },
    });
  });
  after(() => farm.stop());

  it('limit new codes and registrations by address, as slow_down', async () => {
    const tv = await Tv.registered(farm);
    const { status, body: other } = await tv.register();
    assert.equal(status, 201);
    const third = await tv.register();
    assert.equal(third.status, 429);
    assert.equal(third.body['error'], 'slow_down');
    assert.equal((await tv.authorize()).status, 200);
    assert.equal((await tv.authorize()).status, 200, 'the code that waits');
    const again = await tv.send('/oauth/device_authorization', {
      form: {
        client_id: String(other['client_id']),
        client_secret: String(other['client_secret']),
      },
    });
    assert.equal(again.status, 429);
    assert.equal(again.body['error'], 'slow_down');
    assert.ok(Number(again.headers.get('retry-after')) >= 1);
  });

  it('leave a few tries to each network while many guess, and shut nobody out', async () => {
    const guesses = async (count: number, ip: (guess: number) => string) => {
      const statuses: number[] = [];
      for (let guess = 0; guess < count; guess += 1) {
        const headers = { 'x-forwarded-for': ip(guess) };
        statuses.push(
          (await new Tv(farm).send(`/v1/activation/GUESS${guess}`, { headers })).status,
        );
      }
      return statuses;
    };
    assert.deepEqual(await guesses(3, (guess) => `203.0.113.${guess}`), [404, 404, 404]);
    // From now on everybody has three, and a /48 counts as one.
    assert.deepEqual(await guesses(4, () => '203.0.113.77'), [404, 404, 404, 429]);
    assert.deepEqual(await guesses(4, (guess) => `2001:db8:5:${guess}::1`), [404, 404, 404, 429]);
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    for (let check = 0; check < 5; check += 1) {
      const { status } = await tv.send(`/v1/activation/${String(body['user_code'])}`);
      assert.equal(status, 200, 'a code that is known is no guess');
    }
  });

  it('limit returns of the browser of one TV', async () => {
    const roomy = await farm.another({ env: { GATEWAY_REQUESTS_PER_MINUTE: '6000' } });
    const { url } = roomy;
    const tv = await Tv.registered({ url, statement: farm.statement });
    await tv.authorize({}, url);
    const request = { token: await tv.ownToken(), json: {}, url };
    const all = Array.from({ length: 121 }, () => tv.send('/v1/browser-returned', request));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 429).length, 1, statuses.join());
    await roomy.stop();
  });

  it('are counted a code and a TV each', () => {
    const quotas = new Quotas(settings().quota);
    const taken = (take: () => number | undefined) => {
      let count = 0;
      while (take() === undefined) count += 1;
      return count;
    };
    assert.equal(
      taken(() => quotas.choice('AAAAAAA')),
      20,
    );
    assert.equal(quotas.choice('BBBBBBB'), undefined);
    assert.equal(
      taken(() => quotas.nudge('tv:a')),
      120,
    );
    assert.equal(quotas.nudge('tv:b'), undefined);
  });

  it('count what is guessed side by side, and not what can be no code', async () => {
    const farm = await startFarm({ env: { GATEWAY_WRONG_CODES: '3' } });
    try {
      const phone = new Tv(farm);
      const guess = async (code: string, from = phone) =>
        (await from.send(`/v1/activation/${code}`)).status;
      const nonsense = ['!', 'a', 'B-', '*'].map((code) =>
        guess(encodeURIComponent(code), new Tv(farm)),
      );
      assert.ok((await Promise.all(nonsense)).every((status) => status !== 429));
      const tv = await Tv.registered(farm);
      const { body } = await tv.authorize();
      for (let check = 0; check < 5; check += 1) {
        assert.equal(await guess(String(body['user_code'])), 200, 'no guess');
      }
      const codes = Array.from({ length: 12 }, (_, index) => `GUESS${index + 10}`);
      const statuses = await Promise.all(codes.map(async (code) => guess(code)));
      assert.equal(statuses.filter((status) => status === 404).length, 3, statuses.join());
      assert.equal(statuses.filter((status) => status === 429).length, 9, statuses.join());
    } finally {
      await farm.stop();
    }
  });

  it('answer too many requests of one address with slow_down, and serve its neighbours', async () => {
    const tv = new Tv(farm);
    const answers = [];
    for (let sent = 0; sent < 14; sent += 1) answers.push(await tv.form('/oauth/token', {}));
    assert.deepEqual(
      answers.slice(-2).map(({ status, body }) => [status, body['error']]),
      [
        [429, 'slow_down'],
        [429, 'slow_down'],
      ],
    );
    assert.equal((await new Tv(farm).form('/oauth/token', {})).body['error'], 'invalid_client');
  });

  for (const [what, path, request, status] of [
    ['a bad token', '/v1/session', { token: 'a.b.c' }, 401],
    ['no token', '/v1/session', {}, 401],
    ['no such address', '/nothing', {}, 404],
  ] as const) {
    it(`count what is refused as well: ${what}`, async () => {
      const tv = new Tv(farm);
      const statuses: number[] = [];
      for (let sent = 0; sent < 14; sent += 1) statuses.push((await tv.send(path, request)).status);
      assert.deepEqual(statuses.slice(0, 2), [status, status]);
      assert.deepEqual(statuses.slice(-2), [429, 429]);
    });
  }
});

describe('the address of a TV', () => {
  const from = (remoteAddress: string, headers: Record<string, string>, env = {}) =>
    addressOf({ socket: { remoteAddress, remotePort: 4711 }, headers } as never, settings(env));
  const proxies = { GATEWAY_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8:1::/48' };

  it('is the connection’s, whatever a stranger writes into headers', () => {
    const forged = { 'x-forwarded-for': '203.0.113.9' };
    assert.deepEqual(from('198.51.100.1', forged, proxies), { ip: '198.51.100.1', port: 4711 });
    assert.deepEqual(from('::ffff:198.51.100.1', forged), { ip: '198.51.100.1', port: 4711 });
  });

  it('is what the last trusted proxy saw', () => {
    const hops = (value: string) => from('10.0.0.1', { 'x-forwarded-for': value }, proxies);
    assert.deepEqual(hops('203.0.113.9'), { ip: '203.0.113.9' });
    assert.deepEqual(hops('1.2.3.4, 203.0.113.9, 10.1.1.1'), { ip: '203.0.113.9' });
    assert.deepEqual(hops('1.2.3.4, 203.0.113.9:5555'), { ip: '203.0.113.9', port: 5555 });
    assert.deepEqual(hops('[2001:db8::7]:99, 2001:db8:1::2'), { ip: '2001:db8::7', port: 99 });
    assert.deepEqual(hops('rubbish'), { ip: '10.0.0.1' });
    assert.deepEqual(hops(''), { ip: '10.0.0.1' });
  });

  it('comes with the port of a named header of a trusted proxy', () => {
    const env = { ...proxies, GATEWAY_PORT_HEADER: 'X-Client-Port' };
    const headers = { 'x-forwarded-for': '203.0.113.9', 'x-client-port': '4444' };
    assert.deepEqual(from('10.0.0.1', headers, env), { ip: '203.0.113.9', port: 4444 });
    assert.deepEqual(from('198.51.100.1', headers, env), { ip: '198.51.100.1', port: 4711 });
    const none = { 'x-forwarded-for': '203.0.113.9', 'x-client-port': 'none' };
    assert.deepEqual(from('10.0.0.1', none, env), { ip: '203.0.113.9' });
  });

  it('is read in all its forms', () => {
    assert.deepEqual(parseHop('"[2001:db8::1]:80"'), { ip: '2001:db8::1', port: 80 });
    assert.deepEqual(parseHop('2001:db8::1'), { ip: '2001:db8::1' });
    assert.equal(parseHop('unknown'), undefined);
    assert.equal(parseHop('1.2.3.4.5'), undefined);
  });

  it('counts with its /64 where limits are concerned', () => {
    assert.equal(neighbourhood('2001:db8:0:1::5'), neighbourhood('2001:db8:0:1:ffff::1'));
    assert.notEqual(neighbourhood('2001:db8:0:1::5'), neighbourhood('2001:db8:0:2::5'));
    assert.equal(neighbourhood('192.0.2.1'), '192.0.2.1');
  });

  it('needs settings that are right: one line for the first that is not', () => {
    for (const [env, message] of [
      [{ GATEWAY_ISSUER: '' }, /^GATEWAY_ISSUER is not set: give the URL/],
      [{ GATEWAY_ISSUER: 'https://a.example/path' }, /^GATEWAY_ISSUER is .*without path/],
      [{ GATEWAY_ISSUER: 'http://a.example' }, /^GATEWAY_ISSUER is .*https/],
      [{ GATEWAY_TRUSTED_PROXIES: '10.0.0.0/99' }, /^GATEWAY_TRUSTED_PROXIES is .*CIDR/],
      [{ GATEWAY_PORT: '99999' }, /^GATEWAY_PORT is .*0 to 65535/],
      [{ GATEWAY_CLIENT_KEYS: 'a:short' }, /^GATEWAY_CLIENT_KEYS is not usable: .*32/],
      [{ GATEWAY_TOKEN_KEYS: '{"keys":[]}' }, /^GATEWAY_TOKEN_KEYS is not usable: .*JWKS/],
      [{ GATEWAY_BRAND_COLOR: 'red' }, /^GATEWAY_BRAND_COLOR is "red": use a colour/],
      [{ GATEWAY_POLL_INTERVAL_S: '0' }, /^GATEWAY_POLL_INTERVAL_S is "0": use a whole number/],
    ] as const) {
      assert.throws(() => settings(env), { name: 'ConfigError', message });
    }
  });
});
