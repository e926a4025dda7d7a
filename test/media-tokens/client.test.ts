import assert from 'node:assert/strict';
import { connect, type DevicePass, type MediaTokenOptions } from '../../src/client.ts';
import { cleanUp, freePort, serving } from '../http/support.ts';
import { FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, signIn } from '../workflows/support.ts';
import { found, tracesOf } from '../secrets/traces.ts';
import { answering, forged, tokenFor, VERIFY_PATH } from './support.ts';

describe('a play whose media token is verified [AZ-07] [TOK-03]', () => {
  let stack: Stack;
  let pass: DevicePass;
  let deviceId: string;
  const others: DevicePass[] = [];

  const connected = async (mediaTokens?: MediaTokenOptions): Promise<DevicePass> => {
    const { keys, client, config } = stack;
    const { taskQueue } = config;
    const other = await connect({ keys, temporal: client, taskQueue, mediaTokens });
    others.push(other);
    return other;
  };
  const sideCar = (): MediaTokenOptions => ({
    verifier: { url: stack.sandbox.url + VERIFY_PATH },
  });
  const deviceBy = (by: DevicePass) =>
    by.device({ app: 'demo', id: deviceId, facts: FACTS, ip: freshIp() });

  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
    pass = await connected(sideCar());
    const { tv, options } = newTv(stack);
    await signIn(tv);
    deviceId = options.id;
  });
  after(async () => {
    for (const each of others) await each.close();
    await stack.stop();
  });
  afterEach(cleanUp);

  it('comes back where the side-car finds the token valid, and the same token is verified elsewhere', async () => {
    const play = await deviceBy(pass).authorize('REF30', {
      verify: true,
      serviceProvider: 'REF30',
    });
    assert.ok(play.status === 'permitted');
    const token = play.mediaToken.value;
    assert.deepEqual(await pass.verifyMediaToken({ token, resource: 'REF30' }), {
      release: true,
      status: 'valid',
    });
    for (const [resource, value] of [
      ['premium-1', token],
      ['REF30', forged(token, 'REF30', 'REF31')],
      ['REF30', tokenFor('REF30', 0)],
    ] as const) {
      const verdict = await pass.verifyMediaToken({ token: value, resource });
      assert.equal(verdict.status, 'invalid');
      assert.equal(verdict.release, false);
    }
  });

  it('is a denial where Adobe denies: nothing is verified', async () => {
    const { listener, asked } = answering([500, '']);
    const { url } = await serving(listener);
    const other = await connected({ verifier: { url: url.href } });
    assert.equal((await deviceBy(other).authorize('premium-1', { verify: true })).status, 'denied');
    assert.equal(asked.length, 0);
  });

  it('does not come back where the side-car says no, and nobody learns the token', async () => {
    const { listener, asked } = answering([200, '{"valid":false,"reason":"INVALID_SIGNATURE"}']);
    const { url } = await serving(listener);
    const other = await connected({ verifier: { url: url.href } });
    const error = await errorOf(deviceBy(other).authorize('REF30', { verify: true }));
    assert.equal(error.code, 'media_token_invalid');
    assert.equal(error.details, 'INVALID_SIGNATURE');
    assert.equal(error.retryable, false);
    const { token } = JSON.parse(asked[0]?.body ?? '') as { token: string };
    assert.ok(token.length > 100);
    assert.ok(!JSON.stringify([error, error.message, error.stack]).includes(token));
  });

  it('does not come back where the side-car is away, or not well', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/verify`;
    const away = await connected({ verifier: { url: nowhere } });
    const error = await errorOf(deviceBy(away).authorize('REF30', { verify: true }));
    assert.deepEqual([error.code, error.retryable], ['media_token_unverified', true]);
    assert.equal(error.details, 'unreachable');
    assert.match(error.message, /^the verifier of media tokens at 127\.0\.0\.1:\d+ can't be/);

    const { url } = await serving(answering([401, '']).listener);
    const locked = await connected({ verifier: { url: url.href }, whenAway: 'release' });
    const refused = await errorOf(deviceBy(locked).authorize('REF30', { verify: true }));
    assert.deepEqual([refused.code, refused.action], ['media_token_unverified', 'configuration']);
  });

  it('comes back unverified where the side-car is away and the setting says so', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/verify`;
    const open = await connected({ verifier: { url: nowhere }, whenAway: 'release' });
    const play = await deviceBy(open).authorize('REF30', { verify: true });
    assert.equal(play.status, 'permitted');
    const verdict = await open.verifyMediaToken({ token: tokenFor('x'), resource: 'x' });
    assert.ok(verdict.status === 'unverified' && verdict.release);
  });

  it('needs a verifier, and says so before Adobe is asked', async () => {
    const other = await connected();
    const before = stack.sandbox.requests.length;
    const tv = deviceBy(other);
    for (const call of [
      tv.authorize('REF30', { verify: true }),
      other.verifyMediaToken({ token: 'x', resource: 'REF30' }),
    ]) {
      assert.equal((await errorOf(call)).code, 'no_media_token_verifier');
    }
    assert.equal(stack.sandbox.requests.length, before);
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
  });

  it('is asked for in one line where the question is wrong, without the token', async () => {
    const token = tokenFor('REF30');
    const wrong: [question: object | undefined, message: RegExp][] = [
      [undefined, /^token is no text: give/],
      [{ token: { value: token }, resource: 'REF30' }, /^token is no text: give/],
      [{ token }, /^resource is missing: give/],
      // Adobe's library would look at signature and time alone.
      [{ token, resource: '' }, /^resource is "": give/],
      [{ token, resource: null }, /^resource is null: give/],
      [{ token, resource: 'REF30', serviceProvider: '' }, /^serviceProvider is "": give/],
    ];
    for (const [question, message] of wrong) {
      const error = await errorOf(pass.verifyMediaToken(question as never));
      assert.equal(error.code, 'invalid_request');
      assert.match(error.message, message);
      assert.ok(!error.message.includes(token.slice(0, 20)));
    }
  });

  it('leaves no token in what Temporal keeps', async () => {
    const tv = deviceBy(pass);
    const play = await tv.authorize('REF30', { verify: true });
    assert.ok(play.status === 'permitted');
    const traces = await tracesOf(stack.client, tv.workflowId);
    assert.deepEqual(found(traces, play.mediaToken.value), []);
  });

  it('is over with close()', async () => {
    const other = await connected(sideCar());
    await other.close();
    const error = await errorOf(other.verifyMediaToken({ token: 'x', resource: 'REF30' }));
    assert.equal(error.code, 'closed');
  });
});

describe('a verifier that cannot work', () => {
  it('is refused when connecting', async () => {
    const keys = 'a:'.padEnd(45, 'A');
    const error = await errorOf(connect({ keys, mediaTokens: { verifier: { url: 'nowhere' } } }));
    assert.equal(error.code, 'invalid_request');
    assert.match(error.message, /^mediaTokens: /);
  });
});
