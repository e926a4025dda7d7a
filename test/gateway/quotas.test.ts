import assert from 'node:assert/strict';
import { generateTokenKey, readGatewaySettings } from '../../src/gateway/index.ts';
import { Quotas } from '../../src/gateway/quotas.ts';
import { logRefusals } from '../../src/gateway/refusals.ts';
import { KeyRing } from '../../src/client.ts';
import { type Farm, startFarm, Tv } from './support.ts';
import { untilTheyLast } from '../support/ten-minutes.ts';

let tokenKeys = '';
const quotaOf = (env: Record<string, string> = {}) =>
  readGatewaySettings({
    GATEWAY_ISSUER: 'https://tv.example.com',
    GATEWAY_CLIENT_KEYS: KeyRing.generate().export(),
    GATEWAY_TOKEN_KEYS: tokenKeys,
    ...env,
  }).quota;

/** How many of many takes were granted. */
const granted = (count: number, take: (index: number) => number | undefined) =>
  Array.from({ length: count }, (_, index) => take(index)).filter((wait) => wait === undefined)
    .length;

const TV_ELSEWHERE = '203.0.113.200';

describe('what all share', () => {
  beforeEach(untilTheyLast);
  before(async () => {
    tokenKeys = JSON.stringify({ keys: [await generateTokenKey()] });
  });

  for (const [network, addresses, ip] of [
    ['a home with an IPv6 /56', 256, (n: number) => `2001:db8:1:${n.toString(16)}::1`],
    ['an IPv4 /24', 256, (n: number) => `198.51.100.${n}`],
    ['a provider with an IPv6 /32', 500, (n: number) => `2001:db8:${n.toString(16)}::1`],
  ] as const) {
    for (const what of ['session', 'registration'] as const) {
      it(`is not used up by ${network}: ${what}s of one statement`, () => {
        const quotas = new Quotas(
          quotaOf({
            GATEWAY_SESSIONS_PER_STATEMENT: '10000',
            GATEWAY_REGISTRATIONS_PER_STATEMENT: '10000',
          }),
        );
        const taken = granted(20_000, (n) => quotas[what](ip(n % addresses), 'shipped'));
        assert.ok(taken >= 100 && taken <= 2_000, `${taken} taken`);
        assert.equal(quotas[what](TV_ELSEWHERE, 'shipped'), undefined);
      });
    }

    it(`is not used up by ${network}: codes are tried elsewhere as ever`, () => {
      const quotas = new Quotas(quotaOf({ GATEWAY_WRONG_CODES: '200' }));
      const tried = granted(5_000, (n) => quotas.codeTry(ip(n % 100)));
      assert.ok(tried > 0, `${tried} tried`);
      assert.equal(
        granted(10, () => quotas.codeTry(TV_ELSEWHERE)),
        10,
      );
    });
  }

  it('has an end for all networks together, by statement and in all', () => {
    const quotas = new Quotas(
      quotaOf({ GATEWAY_SESSIONS_PER_STATEMENT: '500', GATEWAY_SESSIONS: '800' }),
    );
    const from = (n: number) => `${1 + (n % 200)}.${n % 250}.${n % 240}.1`;
    assert.equal(
      granted(2_000, (n) => quotas.session(from(n), 'one')),
      500,
    );
    assert.equal(
      granted(2_000, (n) => quotas.session(from(n), 'another')),
      300,
    );
  });

  it('gets back what came to nothing; the address does not', () => {
    const quotas = new Quotas(
      quotaOf({ GATEWAY_SESSIONS_PER_ADDRESS: '5', GATEWAY_SESSIONS_PER_STATEMENT: '4' }),
    );
    const inVain = (ip: string) => {
      const wait = quotas.session(ip, 'shipped');
      if (wait === undefined) quotas.noSession(ip, 'shipped');
      return wait;
    };
    assert.equal(
      granted(20, () => inVain('198.51.100.1')),
      5,
    );
    assert.equal(quotas.session(TV_ELSEWHERE, 'shipped'), undefined);
  });

  it('is told of in the log when it refuses, once a minute and without addresses', () => {
    let now = 0;
    const lines: object[] = [];
    const onRefused = logRefusals({ warn: (line: object) => lines.push(line) }, () => now);
    const quotas = new Quotas(quotaOf({ GATEWAY_SESSIONS_PER_ADDRESS: '1' }), { onRefused });
    for (let asked = 0; asked < 5; asked += 1) quotas.session('198.51.100.1', 'shipped');
    now += 61_000;
    quotas.session('198.51.100.1', 'shipped');
    assert.deepEqual(lines, [
      { limit: 'sessions-per-address', refused: 1, statement: 'shipped' },
      { limit: 'sessions-per-address', refused: 4, statement: 'shipped' },
    ]);
  });
});

describe('a request that is refused for itself', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({
      env: { GATEWAY_SESSIONS_PER_STATEMENT: '3', GATEWAY_REGISTRATIONS_PER_ADDRESS: '1' },
    });
  });
  after(() => farm.stop());

  it('spends no registration', async () => {
    const tv = new Tv(farm);
    for (const refused of [
      { software_statement: 'a.b.c' },
      { device: undefined },
      { scope: 'x' },
    ]) {
      assert.equal((await tv.register(refused)).status, 400);
      assert.equal((await tv.register(refused)).status, 400);
    }
    assert.equal((await tv.register()).status, 201);
    assert.equal((await tv.register()).status, 429);
  });

  it('spends no code that other TVs with the same app need', async () => {
    const attacker = await Tv.registered(farm);
    const facts = Buffer.from('these are no facts').toString('base64');
    for (let sent = 0; sent < 6; sent += 1) {
      const { status } = await attacker.authorize({}, undefined, { 'x-device-info': facts });
      assert.equal(status, 400);
      assert.equal((await attacker.authorize({ scope: 'admin' })).status, 400);
      assert.equal((await attacker.authorize({ client_secret: 'wrong' })).status, 400);
    }
    const tv = await Tv.registered(farm);
    assert.equal((await tv.authorize()).status, 200);
    // The code that is shown already is given again as often as anybody likes.
    for (let sent = 0; sent < 6; sent += 1) assert.equal((await tv.authorize()).status, 200);
    assert.equal((await (await Tv.registered(farm)).authorize()).status, 200);
  });
});
