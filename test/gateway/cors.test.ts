import assert from 'node:assert/strict';
import { readGatewaySettings } from '../../src/gateway/index.ts';
import { freshIp } from '../support/stack.ts';
import { type Farm, startFarm, Tv } from './support.ts';

const APP = 'https://app.example.com';

describe('a gateway that apps of other origins may call', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({
      env: {
        GATEWAY_ALLOWED_ORIGINS: `${APP}, http://localhost:3000`,
        GATEWAY_REQUESTS_PER_MINUTE: '30',
      },
    });
  });
  after(() => farm.stop());

  const preflight = (path: string, origin: string, from = freshIp()) =>
    fetch(farm.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-device-info',
        'x-forwarded-for': from,
      },
    });
  const allowed = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin');

  it('answers preflights for all that apps call, with their headers, and no credentials', async () => {
    for (const path of ['/oauth/register', '/oauth/token', '/v1/authorize', '/v1/events']) {
      const answer = await preflight(path, APP);
      assert.ok(answer.ok, `${path}: ${answer.status}`);
      assert.equal(allowed(answer), APP, path);
      const headers = answer.headers.get('access-control-allow-headers') ?? '';
      assert.deepEqual(headers.split(', ').sort(), [
        'accept',
        'ad-service-token',
        'adobe-subject-token',
        'ap-partner-framework-status',
        'ap-visitor-identifier',
        'authorization',
        'cache-control',
        'content-type',
        'if-none-match',
        'last-event-id',
        'pragma',
        'x-activation-browser',
        'x-device-info',
        'x-requested-with',
        'x-roku-reserved-roku-connect-token',
        'x-roku-subscriber-id',
      ]);
      assert.match(answer.headers.get('access-control-allow-methods') ?? '', /GET, POST/);
      assert.equal(answer.headers.get('access-control-allow-credentials'), null);
    }
    assert.equal(
      allowed(await preflight('/v1/authorize', 'http://localhost:3000')),
      'http://localhost:3000',
    );
  });

  it('lets those apps read answers and refusals, and nobody else', async () => {
    const tv = await Tv.registered(farm);
    const headers = { origin: APP };
    const ok = await tv.send('/.well-known/oauth-authorization-server', { headers });
    assert.deepEqual([ok.status, allowed(ok)], [200, APP]);
    assert.equal(ok.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.match(ok.headers.get('vary') ?? '', /origin/i);
    const refused = await tv.send('/v1/session', { headers });
    assert.deepEqual([refused.status, allowed(refused)], [401, APP]);
    assert.match(refused.headers.get('access-control-expose-headers') ?? '', /retry-after/);
    for (const origin of ['https://evil.example', 'https://app.example.com.evil.example', 'null']) {
      assert.equal(allowed(await tv.send('/v1/session', { headers: { origin } })), null, origin);
      assert.equal(allowed(await preflight('/v1/session', origin)), null, origin);
    }
  });

  it('opens none of its pages', async () => {
    for (const path of ['/activate', '/', '/return', '/openapi.json']) {
      const headers = { origin: APP, 'x-forwarded-for': freshIp() };
      const answer = await fetch(farm.url + path, { headers, redirect: 'manual' });
      assert.equal(allowed(answer), null, path);
      assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin', path);
      const asked = await preflight(path, APP);
      assert.deepEqual([asked.status, allowed(asked)], [404, null], path);
    }
  });

  it('counts preflights, and lets apps read that there were too many', async () => {
    const from = freshIp();
    let last = await preflight('/v1/session', APP, from);
    for (let count = 1; count < 31; count += 1) last = await preflight('/v1/session', APP, from);
    assert.deepEqual([last.status, allowed(last)], [429, APP]);
  });
});

describe('a gateway that packaged apps may call', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ env: { GATEWAY_ALLOWED_ORIGINS: 'null, file://, app://tv' } });
  });
  after(() => farm.stop());

  it('lets them read answers by the origin that they have, and nobody else', async () => {
    const tv = new Tv(farm);
    const path = '/.well-known/oauth-authorization-server';
    for (const origin of ['null', 'file://', 'app://tv']) {
      const { headers } = await tv.send(path, { headers: { origin } });
      assert.equal(headers.get('access-control-allow-origin'), origin);
    }
    for (const origin of [APP, 'file://other', 'app://tvx']) {
      const { headers } = await tv.send(path, { headers: { origin } });
      assert.equal(headers.get('access-control-allow-origin'), null, origin);
    }
  });
});

describe('a gateway without allowed origins', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('lets no other origin call', async () => {
    const tv = new Tv(farm);
    const headers = { origin: APP };
    const { headers: answered } = await tv.send('/.well-known/jwks.json', { headers });
    assert.equal(answered.get('access-control-allow-origin'), null);
    assert.equal(answered.get('cross-origin-resource-policy'), 'same-origin');
  });

  for (const origins of ['*', 'app.example.com', `${APP}/`, `${APP}/app`, 'file:///app', 'NULL']) {
    it(`is told that ${origins} is no origin`, () => {
      assert.throws(() => readGatewaySettings({ ...farm.env, GATEWAY_ALLOWED_ORIGINS: origins }), {
        name: 'ConfigError',
        message: /^GATEWAY_ALLOWED_ORIGINS is .*use origins as https:\/\/app\.example\.com, not /,
      });
    });
  }
});
