import assert from 'node:assert/strict';
import { eventually, freshIp } from '../support/stack.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

const TVS = 30;
/** Adobe's rule at six times its speed, for the sake of time. */
const RATE = { ratePerSecond: 6, burst: 10 };
const POLL_INTERVAL_MS = 4_000;

describe('thirty TVs behind one address, as in a hotel', () => {
  let farm: Farm;
  let tvs: Tv[];
  let codes: Record<string, unknown>[];
  const ip = freshIp();
  const polls = () =>
    farm.stack.sandbox.requests.filter(({ operation }) => operation === 'profileByCode');
  const pollsOf = (code: unknown) =>
    polls().filter(({ path }) => path.endsWith(`/${String(code)}`)).length;

  before(async function () {
    this.timeout(60_000);
    farm = await startFarm({
      sandbox: { throttle: RATE },
      adobePass: { throttle: { ...RATE, burstRefills: false } },
      config: { pollIntervalMs: POLL_INTERVAL_MS },
      // Thirty first requests at once are no matter of how busy this machine is.
      answerWithinMs: 30_000,
    });
    tvs = await Promise.all(
      Array.from({ length: TVS }, async () => Object.assign(await Tv.registered(farm), { ip })),
    );
  });
  after(() => farm.stop());

  it('all get a code, and Adobe never has to refuse one', async function () {
    this.timeout(120_000);
    const answers = await Promise.all(tvs.map((tv) => tv.authorize()));
    const refusals = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(
      refusals.map(({ body }) => body),
      [],
    );
    codes = answers.map(({ body }) => body);
    assert.equal(new Set(codes.map(({ user_code }) => user_code)).size, TVS);
    const refused = farm.stack.sandbox.requests.filter(({ status }) => status === 429);
    assert.equal(refused.length, 0);
  });

  it('are polled for in turn, at longer intervals', async function () {
    this.timeout(120_000);
    const counts = () => codes.map(({ user_code }) => pollsOf(user_code));
    await eventually(() => Math.min(...counts()) >= 1, 'a poll for each', 60_000);
    const before = counts();
    const since = Date.now();
    await eventually(() => counts().every((now, n) => now >= (before[n] ?? 0) + 3), 'more', 60_000);
    const more = counts().map((now, n) => now - (before[n] ?? 0));
    assert.ok(Math.max(...more) <= 5, `fair: ${more.join(' ')}`);
    assert.ok(Date.now() - since > 2 * POLL_INTERVAL_MS, 'more would be due than may be sent');
    const refused = farm.stack.sandbox.requests.filter(({ status }) => status === 429);
    assert.equal(refused.length, 0);
  });

  it('leave the way to a viewer who signs in', async function () {
    this.timeout(60_000);
    const [first] = codes;
    const [tv] = tvs;
    assert.ok(first && tv);
    await signIn(farm, first['user_code']);
    const answer = await pollUntilDone(tv, first['device_code'], undefined, 30_000);
    assert.equal(answer.status, 200);
  });
});
