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
    const renewed = await Promise.all(Array.from({ length: 50 }, async () => source.replace(old)));
    assert.equal(new Set(renewed).size, 1);
    assert.notEqual(renewed[0], old);
    assert.equal(calls(), 2);
    assert.equal(await source.replace(old), renewed[0], 'one who comes late gets it too');
    assert.equal(calls(), 2);
  });

  it('are served the refused token while IMS is away: it may be good', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    const old = await source.accessToken();
    sandbox.faults.set({ kind: 'status', status: 503, times: 100 });
    const told = await Promise.all(
      Array.from({ length: 20 }, async () => refusal(source.replace(old))),
    );
    assert.deepEqual(new Set(told.map(({ code }) => code)), new Set(['server_error']));
    assert.equal(await source.accessToken(), old);
    assert.equal(calls(), 4, 'one renewal of three tries');
    await refusal(source.replace(old));
    assert.equal(calls(), 4, 'and IMS is left in peace for a while');
    sandbox.faults.clear();
    clock.pass(minuteMs);
    const next = await source.replace(old);
    assert.notEqual(next, old);
    assert.equal(await source.accessToken(), next);
  });

  it('are served the refused token while another is on its way', async () => {
    const { sandbox, tokens, calls } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    const old = await source.accessToken();
    sandbox.faults.set({ kind: 'latency', ms: 100 });
    const replaced = source.replace(old);
    await until(() => calls() === 2, 'the renewal is under way');
    assert.equal(await source.accessToken(), old);
    assert.notEqual(await replaced, old);
  });

  it('a new token that AEM refuses at once is not renewed again', async () => {
    const { sandbox, tokens, clock, calls } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    const second = await source.replace(await source.accessToken());
    assert.equal(await source.replace(second), second);
    assert.equal(await source.accessToken(), second);
    assert.equal(calls(), 2);
    clock.pass(minuteMs);
    assert.notEqual(await source.replace(second), second);
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
    const token = await other.accessToken();
    assert.equal((await refusal(other.replace(token))).code, 'local_token_rejected');
    assert.equal(await other.accessToken(), token, 'AEM may have been wrong');
    const basic = tokens({ username: 'admin', password: 'admin' });
    const login = await basic.accessToken();
    assert.equal(await basic.replace(login), login);
  });
});
