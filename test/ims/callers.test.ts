import assert from 'node:assert/strict';
import { cleanUp, dayMs, hourMs, minuteMs, refusal, stage, until } from './support.ts';

describe('callers', () => {
  afterEach(cleanUp);

  it('complaint: stampede: 50 callers at start make one IMS call', async () => {
    const { sandbox, tokens, calls } = await stage();
    sandbox.faults.set({ kind: 'latency', ms: 30 });
    const source = tokens(sandbox.serviceCredentials());
    const got = await Promise.all(Array.from({ length: 50 }, async () => source.accessToken()));
    assert.equal(new Set(got).size, 1);
    assert.equal(calls(), 1);
  });

  it('complaint: stampede: two AEM hosts with the same credential share its token', async () => {
    const { sandbox, tokens, calls } = await stage();
    const file = sandbox.serviceCredentials();
    const sources = [tokens(file), tokens(file)];
    await Promise.all(sources.map(async (source) => source.accessToken()));
    assert.equal(calls(), 1);
  });

  it('50 callers whose token AEM refused share one forced renewal', async () => {
    const { sandbox, tokens, calls } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    const old = await source.accessToken();
    const retry = async () => {
      assert.equal(source.invalidate(old), true);
      return source.accessToken();
    };
    const renewed = await Promise.all(Array.from({ length: 50 }, retry));
    assert.equal(new Set(renewed).size, 1);
    assert.notEqual(renewed[0], old);
    assert.equal(calls(), 2);
  });

  it('a new token that AEM refuses at once is not renewed again', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    assert.equal(source.invalidate(await source.accessToken()), true);
    const second = await source.accessToken();
    assert.equal(source.invalidate(second), false);
    assert.equal(await source.accessToken(), second);
    assert.equal(calls(), 2);
    clock.pass(minuteMs);
    assert.equal(source.invalidate(second), true);
  });

  it('one caller who gives up takes nothing from the others', async () => {
    const { sandbox, tokens, calls } = await stage();
    sandbox.faults.set({ kind: 'latency', ms: 60 });
    const source = tokens(sandbox.serviceCredentials());
    const reason = new Error('out of time');
    const controller = new AbortController();
    const hasty = source.accessToken({ signal: controller.signal });
    const patient = source.accessToken();
    setTimeout(() => controller.abort(reason), 10);
    await assert.rejects(hasty, (error) => error === reason);
    assert.ok((await patient).reveal());
    assert.equal(calls(), 1);
    await assert.rejects(source.accessToken({ signal: controller.signal }), reason);
  });

  it('get the present token at once while it is renewed beside them', async () => {
    const { sandbox, tokens, clock, events } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    const first = await source.accessToken();
    clock.at = first.expiresAt - hourMs;
    sandbox.faults.set({ kind: 'latency', ms: 30 });
    const during = await Promise.all(Array.from({ length: 50 }, async () => source.accessToken()));
    assert.deepEqual(new Set(during), new Set([first]));
    await until(() => events.length === 2, 'renewal');
    assert.notEqual(await source.accessToken(), first);
    assert.equal(sandbox.requests.length, 2);
  });

  it('of a token with a short life renew at half of it', async () => {
    const { sandbox, tokens, clock, events } = await stage({
      sandbox: { tokenLifeMs: 4 * minuteMs },
      ims: { random: () => 0 },
    });
    const source = tokens(sandbox.oauthCredentials());
    const first = await source.accessToken();
    clock.pass(119_000);
    assert.equal(await source.accessToken(), first);
    assert.equal(events.length, 1);
    clock.pass(2000);
    await source.accessToken();
    await until(() => events.length === 2, 'renewal');
  });

  it('hear of a local development token that ended, with what to do, and nobody is asked', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const source = tokens(sandbox.localDevelopmentToken());
    await source.accessToken();
    clock.pass(dayMs + 1);
    const error = await refusal(source.accessToken());
    assert.deepEqual([error.code, error.retryable], ['local_token_expired', false]);
    assert.match(error.hint, /by hand/);
    assert.equal(calls(), 0);
    const other = tokens(sandbox.localDevelopmentToken());
    assert.equal(other.invalidate(await other.accessToken()), false);
    assert.equal((await refusal(other.accessToken())).code, 'local_token_rejected');
  });
});
