import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Counts } from '../../src/gateway/counts.ts';
import { FarmCounts, hashedWith } from '../../src/gateway/farm-counts.ts';
import { gatewayLimitsWorkflowId } from '../../src/device-identity.ts';
import { spentTotals } from '../../src/workflows/spent-messages.ts';
import { KeyRing } from '../../src/client.ts';
import { eventually } from '../support/stack.ts';
import { type Farm, type RunningGateway, startFarm, Tv } from './support.ts';
import { untilTheyLast } from '../support/ten-minutes.ts';

describe('the limits of a farm', () => {
  beforeEach(untilTheyLast);
  let farm: Farm;
  let second: RunningGateway;
  before(async () => {
    farm = await startFarm({
      env: {
        GATEWAY_REGISTRATIONS_PER_ADDRESS: '4',
        GATEWAY_SESSIONS_PER_STATEMENT: '3',
        GATEWAY_WRONG_CODES_PER_ADDRESS: '4',
      },
    });
    second = await farm.another();
  });
  after(() => farm.stop());

  const limits = () =>
    farm.stack.client.workflow.getHandle(gatewayLimitsWorkflowId(farm.stack.config.taskQueue));
  /** Until the workflow has heard of so much. */
  const heardOf = (count: number, key: string) => {
    const { sealingKey } = KeyRing.parse(farm.env['GATEWAY_CLIENT_KEYS'] ?? '');
    const name = hashedWith(sealingKey.secret)(key);
    return eventually(async () => {
      const totals = await limits()
        .query(spentTotals)
        .catch((): Record<string, number> => ({}));
      return totals[name] === count;
    }, `the farm knows of ${count}`);
  };
  /** Asks a gateway that has not heard of anything yet until it refuses; what it hears late it may grant once. */
  const refused = async (ask: () => Promise<{ status: number; headers: Headers }>) => {
    const granted: number[] = [];
    const { headers } = await eventually(async () => {
      const answer = await ask();
      if (answer.status !== 429) granted.push(answer.status);
      return answer.status === 429 && answer;
    }, 'refused');
    assert.ok(Number(headers.get('retry-after')) >= 1);
    assert.ok(granted.length <= 1, `granted ${granted.length} more`);
  };
  const at = (gateway: Pick<Farm, 'url'>, ip?: Tv) => {
    const tv = new Tv({ url: gateway.url, statement: farm.statement });
    return ip ? Object.assign(tv, { ip: ip.ip }) : tv;
  };

  it('are one count: registrations of an address', async () => {
    const tv = at(farm);
    for (let round = 0; round < 2; round += 1) {
      assert.equal((await tv.register()).status, 201);
      assert.equal((await at(second, tv).register()).status, 201);
    }
    await heardOf(4, `registrations ${tv.ip}`);
    const { url } = await farm.another();
    await refused(() => at({ url }, tv).register());
    assert.equal((await at(second).register()).status, 201, 'others are served');
  });

  it('are one count: codes of a statement', async () => {
    const tvs = await Promise.all(Array.from({ length: 8 }, () => Tv.registered(farm)));
    const next = () => tvs.pop() ?? assert.fail('no TV left');
    for (let sent = 0; sent < 3; sent += 1) assert.equal((await next().authorize()).status, 200);
    await heardOf(3, `sessions statement ${farm.statementId}`);
    const { url } = await farm.another();
    await refused(() => next().authorize({}, url));
    assert.equal((await next().authorize()).status, 429);
  });

  it('are one count: guesses of an address', async () => {
    const phone = new Tv(farm);
    const guess = async (url: string, code: string) =>
      (await phone.send(`/v1/activation/${code}`, { url })).status;
    for (const code of ['GUESS1', 'GUESS2', 'GUESS3', 'GUESS4']) {
      assert.equal(await guess(farm.url, code), 404);
    }
    await heardOf(4, `codes ${phone.ip}`);
    const { url } = await farm.another();
    await refused(() => phone.send('/v1/activation/GUESS5', { url }));
  });

  it('tell nobody who sees Temporal an address or a statement', async () => {
    const tv = at(farm);
    assert.equal((await tv.register()).status, 201);
    await heardOf(1, `registrations ${tv.ip}`);
    const history = JSON.stringify(await limits().fetchHistory());
    const payloads = history.replace(/"data":"([^"]*)"/g, (_match, data: string) =>
      Buffer.from(data, 'base64').toString(),
    );
    assert.match(payloads, /"spent":\[\{"key":/);
    for (const secret of [tv.ip, farm.statementId]) {
      assert.ok(!payloads.includes(secret), `it has ${secret}`);
    }
  });

  it('hold at each gateway alone while nobody adds up', async () => {
    const counts = new Counts();
    const warned: string[] = [];
    const farmCounts = new FarmCounts({
      counts,
      tell: () => Promise.reject(new Error('away')),
      logger: { warn: (_details: object, message: string) => warned.push(message) } as never,
    });
    counts.spend('a', 2);
    await farmCounts.upToDate();
    await farmCounts.upToDate();
    assert.equal(counts.of('a'), 1);
    assert.equal(warned.length, 1);
    assert.deepEqual(counts.takeChanged(10), [{ key: 'a', here: 1, most: 2 }], 'told later');
    farmCounts.stop();
  });

  it('are asked for rarely while nobody answers, whatever is spent meanwhile', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const counts = new Counts();
      let asked = 0;
      const away = async () => {
        asked += 1;
        counts.spend('b', 2);
        throw new Error('away');
      };
      const logger = { warn: () => {} } as never;
      const farmCounts = new FarmCounts({ counts, tell: away, logger });
      await farmCounts.upToDate();
      mock.timers.tick(29_000);
      assert.equal(asked, 1);
      mock.timers.tick(2_000);
      assert.equal(asked, 2);
      farmCounts.stop();
    } finally {
      mock.timers.reset();
    }
  });
});

describe('what gateways tell each other', () => {
  it('has room for so much while nobody listens, and is first what all share', () => {
    const counts = new Counts();
    counts.spend('all', 5);
    for (let n = 0; n < 30_000; n += 1) counts.spend(`address ${n}`, 5);
    counts.spend('all', 5);
    assert.deepEqual(counts.takeChanged(1), [{ key: 'all', here: 2, most: 5 }]);
    assert.ok(counts.takeChanged(Infinity).length < 25_000);
    assert.equal(counts.of('address 7'), 1, 'what was spent holds here');
  });

  it('is told again and again without being counted twice, and ends with its window', () => {
    let now = 0;
    const counts = new Counts({ now: () => now });
    counts.spend('a', 4);
    const told = counts.takeChanged(10);
    counts.learn({ a: 3 }, told, counts.window);
    counts.learn({ a: 3 }, [], counts.window);
    assert.equal(counts.of('a'), 3, 'one here, two elsewhere');
    counts.spend('a', 4);
    assert.equal(counts.of('a'), 4);
    now += 600_000;
    assert.equal(counts.of('a'), 0);
    counts.learn({ a: 3 }, told, 0);
    assert.equal(counts.of('a'), 0, 'an answer that comes too late');
  });
});
