import assert from 'node:assert/strict';
import { issueStatement } from '../../src/gateway/index.ts';
import { FACTS } from '../support/stack.ts';
import { type Farm, installationOf, signer, signIn, startFarm, Tv } from './support.ts';

describe('what Adobe learns of a TV', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ env: { GATEWAY_PORT_HEADER: 'X-Client-Port' } });
  });
  after(() => farm.stop());

  const asked = (ip: string) =>
    farm.stack.sandbox.requests.filter(({ headers }) => headers['x-forwarded-for'] === ip);
  const sessionOf = (ip: string) => {
    const request = asked(ip).find(({ operation }) => operation === 'createSession');
    assert.ok(request, `no session for ${ip}`);
    const info = Buffer.from(request.headers['x-device-info'] ?? '', 'base64').toString();
    const identifier = request.headers['ap-device-identifier'] ?? '';
    return { info: JSON.parse(info) as Record<string, unknown>, identifier };
  };

  it('is its facts, address and source port, each from its own request [S2S-03] [S2S-04] [S2S-05] [HDR-06]', async () => {
    const tv = await Tv.registered(farm);
    const { status } = await tv.authorize({}, farm.url, { 'x-client-port': '50123' });
    assert.equal(status, 200);
    const { info } = sessionOf(tv.ip);
    assert.deepEqual(
      [info['model'], info['osName'], info['connectionIp'], info['connectionPort']],
      [FACTS.model, FACTS.osName, tv.ip, 50_123],
    );
  });

  it('is an IPv6 address too, and no port where the proxy names none', async () => {
    const tv = await Tv.registered(farm);
    const { status } = await tv.authorize({}, farm.url, { 'x-forwarded-for': '2001:db8::7' });
    assert.equal(status, 200);
    const { info } = sessionOf('2001:db8::7');
    assert.equal(info['connectionIp'], '2001:db8::7');
    assert.equal(info['connectionPort'], undefined);
  });

  it("is the connection's address, whatever a TV forges, where no proxy is trusted", async () => {
    const bare = await farm.another({ env: { GATEWAY_TRUSTED_PROXIES: '' } });
    const tv = await Tv.registered(farm);
    assert.equal((await tv.authorize({}, bare.url)).status, 200);
    assert.equal(asked(tv.ip).length, 0);
    assert.ok(Number(sessionOf('127.0.0.1').info['connectionPort']) > 0);
  });

  it('is one identifier for one installation, hashed, with no hardware in it [S2S-02] [HDR-07] [HDR-08]', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    await tv.send('/v1/authenticate', {
      token: await tv.ownToken(),
      json: { mvpd: { id: 'SkyDish' } },
    });
    // The list of providers is the same for all TVs: the site reads it, under an identifier of its own.
    const own = asked(tv.ip).filter(({ operation }) => operation !== 'configuration');
    const identifiers = new Set(
      own.flatMap(({ headers }) => headers['ap-device-identifier'] ?? []),
    );
    assert.equal(identifiers.size, 1);
    const [identifier = ''] = identifiers;
    const [, encoded = ''] = identifier.split(' ');
    const plain = Buffer.from(encoded, 'base64').toString();
    for (const secret of [installationOf(tv.clientId), tv.clientId]) {
      assert.ok(!plain.includes(secret) && !identifier.includes(secret));
    }
  });
});

describe('a software statement', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ env: { GATEWAY_SESSIONS_PER_STATEMENT: '2' } });
  });
  after(() => farm.stop());

  it('that expires ends registrations only: who registered goes on [S2S-06]', async () => {
    const expiresAt = new Date(Date.now() + 4_000);
    const signed = signer(farm.env);
    const { statement } = await issueStatement(signed, {
      issuer: farm.url,
      app: farm.tvApp,
      expiresAt,
    });
    const tv = await Tv.registered({ url: farm.url, statement });
    assert.notEqual(tv.clientId, 'undefined');
    await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() - Date.now() + 50));
    assert.equal((await tv.register()).body['error'], 'invalid_software_statement');
    assert.equal((await tv.authorize()).status, 200);
  });

  it('has a quota of sessions, whatever addresses its TVs have', async () => {
    const statuses: number[] = [];
    for (let tvs = 0; tvs < 3; tvs += 1) {
      const { status, body } = await (await Tv.registered(farm)).authorize();
      statuses.push(status);
      if (status === 429) assert.equal(body['error'], 'slow_down');
    }
    assert.deepEqual(statuses, [200, 200, 429]);
  });
});
