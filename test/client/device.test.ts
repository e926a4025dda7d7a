import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, DevicePassError, KeyRing } from '../../src/client.ts';
import { toDevicePassError } from '../../src/client/errors.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Binding, seal } from '../../src/sealing/index.ts';
import { eventually, FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';

const NORTH = { mvpd: { id: 'NorthCable' } };
const HANDLE: Binding = { purpose: 'handle', owner: [] };
const LATER = Date.now() + 3_600_000;

describe('the client of a device', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
  });
  after(() => stack.stop());

  const fails = async (call: Promise<unknown>): Promise<DevicePassError> => {
    const error = await call.then(
      () => assert.fail('this worked'),
      (failed: unknown) => failed,
    );
    assert.ok(error instanceof DevicePassError, String(error));
    return error;
  };
  const sessionsOf = (ip: string) =>
    stack.sandbox.requests.filter((sent) => sent.operation === 'createSession' && sent.ip === ip)
      .length;

  it('does what was asked once, however often it is repeated under one id', async () => {
    const ip = freshIp();
    const tv = stack.tv({ ip });
    const asked = { ...NORTH, restart: true };
    const requestId = randomUUID();
    const first = await tv.authenticate({ ...asked, requestId });
    const again = await tv.authenticate({ ...asked, requestId });
    assert.deepEqual(again, first);
    assert.equal(sessionsOf(ip), 1);
    const other = await tv.authenticate({ ...asked, requestId: randomUUID() });
    assert.equal(sessionsOf(ip), 2);
    assert.notEqual(
      other.status === 'pending' && other.code,
      first.status === 'pending' && first.code,
    );

    assert.ok(other.status === 'pending' && other.url);
    await signInAsViewer(other.url);
    await tv.browserReturned();
    await eventually(async () => (await tv.view()).standing.status === 'signed-in', 'signed in');
    const bye = await tv.logout({ requestId: 'bye-1' });
    assert.equal(bye.actions.length, 1);
    assert.deepEqual(await tv.logout({ requestId: 'bye-1' }), bye);
    assert.deepEqual((await tv.logout()).actions, []);
  });

  it('opens the metadata of the viewer for the backend, and not for Temporal [ATN-10]', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate(NORTH);
    assert.ok(waiting.status === 'pending' && waiting.url);
    assert.ok(waiting.expiresAt instanceof Date);
    await signInAsViewer(waiting.url);
    await tv.browserReturned();
    const standing = await eventually(async () => {
      const now = await tv.authenticate();
      return now.status === 'signed-in' ? now : undefined;
    }, 'signed in');
    const { attributes, expiresAt, mvpd } = standing.profile;
    assert.ok(expiresAt.getTime() > Date.now());
    assert.equal(mvpd.id, 'NorthCable');
    const { userID } = attributes as { userID: { value: string } };
    assert.ok(stack.sandbox.secrets().includes(userID.value));
    assert.ok(!JSON.stringify(await tv.view()).includes(userID.value));
  });

  it('says that a device is not known, whatever is asked of it', async () => {
    const tv = stack.tv();
    for (const call of [() => tv.view(), () => tv.abandon(), () => tv.browserReturned()]) {
      const { code, action } = await fails(call());
      assert.deepEqual([code, action], ['not_signed_in', 'authentication']);
    }
  });

  it('says that nobody is signed in [AZ-01]', async () => {
    const tv = stack.tv();
    await tv.authenticate(NORTH);
    for (const call of [() => tv.authorize('REF30'), () => tv.preauthorize(['REF30'])]) {
      assert.equal((await fails(call())).code, 'not_signed_in');
    }
  });

  it('names an app that no worker knows', async () => {
    const { code, action, message } = await fails(stack.tv({ app: 'nope' }).authenticate());
    assert.deepEqual([code, action], ['unknown_app', 'configuration']);
    assert.match(message, /"nope".*demo/);
  });

  it('says that workers are older, of what they have never heard of', async () => {
    const tv = stack.tv();
    await tv.authenticate(NORTH);
    const device = stack.client.workflow.getHandle(tv.workflowId);
    for (const ask of [
      () => device.executeUpdate('of-a-later-release'),
      () => device.query('of-a-later-release'),
    ]) {
      const error = toDevicePassError(await ask().catch((failed: unknown) => failed));
      assert.ok(error instanceof DevicePassError, String(error));
      assert.deepEqual([error.code, error.retryable], ['worker_too_old', true]);
    }
  });

  it("passes Adobe's own error on, with its trace [EEC-07]", async () => {
    const tv = stack.tv();
    const error = await fails(tv.authenticate({ mvpd: { id: 'NoSuchCable' } }));
    assert.equal(error.code, 'invalid_parameter_mvpd');
    assert.deepEqual([error.action, error.status, error.retryable], ['none', 400, false]);
    assert.ok(error.trace);
  });

  it('believes no handle but its own', async () => {
    const { pass, keys } = stack;
    const foreign = await seal(
      KeyRing.generate(),
      { workflowId: 'device:test:demo:x', until: LATER },
      HANDLE,
    );
    const otherKind = await seal(
      keys,
      { workflowId: 'device:test:demo:x', until: LATER },
      {
        purpose: 'network',
        owner: [],
      },
    );
    const otherWorkflow = await seal(
      keys,
      { workflowId: 'application:activation', until: LATER },
      HANDLE,
    );
    const forged = [
      'nothing',
      '',
      'http://127.0.0.1:9/return',
      'http://127.0.0.1:9/return?device=x',
      foreign,
      `http://127.0.0.1:9/return?device=${foreign}`,
      otherKind,
      otherWorkflow,
      await seal(keys, null, HANDLE),
      await seal(keys, { workflowId: 7 }, HANDLE),
      await seal(keys, { workflowId: 'device:test:demo:x' }, HANDLE),
      await seal(keys, { workflowId: 'device:test:demo:x', until: Date.now() - 1 }, HANDLE),
    ];
    for (const returned of forged) {
      assert.equal((await fails(pass.browserReturned(returned))).code, 'unknown_handle', returned);
    }
  });

  it('knows its own handle in the address that a browser comes back to', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate(NORTH);
    assert.ok(waiting.status === 'pending' && waiting.url);
    const { hops } = await signInAsViewer(waiting.url);
    const address = hops.at(-1) ?? '';
    assert.match(address, /^http:\/\/127\.0\.0\.1:9\/return\?device=/);
    await stack.pass.browserReturned(address);
    await eventually(async () => (await tv.view()).standing.status === 'signed-in', 'signed in');
  });

  it('says that no worker answers, in time', async () => {
    const answerWithinMs = 1_500;
    const lonely = await connect({
      keys: stack.keys,
      temporal: stack.client,
      taskQueue: `nobody-${randomUUID()}`,
      answerWithinMs,
    });
    try {
      const tv = lonely.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });
      for (const call of [() => tv.authenticate(NORTH), () => tv.abandon(), () => tv.view()]) {
        const from = Date.now();
        const error = await fails(call());
        const ms = Date.now() - from;
        assert.ok(ms < answerWithinMs + 1_000, `${ms} ms`);
        assert.deepEqual([error.code, error.retryable], ['no_answer', true], error.message);
      }
    } finally {
      await lonely.close();
    }
  });

  it('says which key is missing when its own ring is another', async () => {
    const stranger = await connect({
      keys: KeyRing.generate(),
      temporal: stack.client,
      taskQueue: stack.config.taskQueue,
    });
    const id = randomUUID();
    try {
      const unknown = stranger.device({ app: 'demo', id, facts: FACTS, ip: freshIp() });
      const { code, message } = await fails(unknown.authenticate(NORTH));
      assert.equal(code, 'sealed_value');
      assert.match(message, /DEVICEPASS_KEYS/);
    } finally {
      await stranger.close();
    }
  });
});
