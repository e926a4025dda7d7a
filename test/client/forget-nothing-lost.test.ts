import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { connect, DevicePassError, type Forgotten, UserMetadataKeys } from '../../src/client.ts';
import { UNTHROTTLED } from '../flows/support.ts';
import { sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { KeyFolder } from '../user-metadata/support.ts';
import { errorOf, newTv, signIn } from '../workflows/support.ts';

const run = promisify(execFile);

describe('what the Privacy Service has to be told of a forgotten device', function () {
  this.timeout(150_000); // a Temporal server of yours takes half a minute to delete
  let stack: Stack;
  const folder = new KeyFolder();
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false }, adobePass: UNTHROTTLED });
  });
  after(async () => {
    await stack.stop();
    folder.remove();
  });

  const signedIn = async () => {
    const { tv, options } = newTv(stack);
    await signIn(tv);
    return { tv, device: { app: 'demo', id: options.id } };
  };
  const userIdIn = ({ privacyRequest }: Forgotten) => privacyRequest?.users[0]?.userIDs[0]?.value;
  const command = async (id: string, ...args: string[]) => {
    const { temporal } = await sharedTemporal();
    const env = {
      ...process.env,
      TEMPORAL_ADDRESS: temporal.address,
      DEVICEPASS_TASK_QUEUE: stack.config.taskQueue,
      DEVICEPASS_KEYS: stack.keys.export(),
    };
    const argv = [...args, 'bin/devicepass.js', 'device', 'forget', 'demo', id];
    return run(process.execPath, argv, { env }).catch(
      (error: unknown) => error as { stdout: string; stderr: string; code: number },
    );
  };

  it('is found out first: a viewer whose userID no key opens is not forgotten unless that is said', async () => {
    const { certificate, files } = folder.pair('own');
    const stranger = folder.pair('stranger');
    const broken = { certificateFile: '/not/there.pem', privateKeyFile: '/not/there.key' };
    const encryption = { certificate, scheme: 'rsa-oaep', attributes: ['userID'] } as const;
    stack.sandbox.encryptMetadata({ mvpd: 'NorthCable', ...encryption });
    const { tv, device } = await signedIn();
    const { keys, client: temporal, config } = stack;
    const passWith = async (scheme: string, ...pairs: object[]) => {
      const file = folder.settings({ apps: { demo: { scheme, keys: pairs } } });
      const userMetadata = new UserMetadataKeys(file);
      return connect({ keys, temporal, taskQueue: config.taskQueue, userMetadata });
    };
    for (const pass of [
      stack.pass,
      await passWith('rsa-oaep', stranger.files),
      await passWith('rsa-oaep', broken),
      await passWith('jwe', files),
    ]) {
      const { code, message } = await errorOf(pass.forget(device));
      assert.equal(code, 'unreadable_user_id');
      assert.match(message, /^the userID of NorthCable can't be read: .*--without-request\)$/);
      assert.equal((await tv.view()).standing.status, 'signed-in');
      if (pass !== stack.pass) await pass.close();
    }
    const told = await errorOf(stack.pass.forget(device, { withoutRequest: 'no' } as object));
    assert.equal(told.code, 'invalid_request');
    const refused = await command(device.id);
    assert.ok('code' in refused && refused.code === 1);
    assert.equal(refused.stdout, '');
    assert.match(refused.stderr, /^devicepass: the userID of NorthCable can't be read: .*\n$/);

    const owner = await passWith('rsa-oaep', files);
    assert.match(userIdIn(await owner.forget(device)) ?? '', /\S{10}/);
    await owner.close();
    const other = await signedIn();
    const forgotten = await stack.pass.forget(other.device, { withoutRequest: true });
    assert.equal(forgotten.wasSignedIn, true);
    assert.match(forgotten.noPrivacyRequest ?? '', /can't be read: userID is encrypted/);
    stack.sandbox.encryptMetadata({ mvpd: 'NorthCable', ...encryption, attributes: ['zip'] });
  });

  it('comes also where Temporal lets nobody delete, and the rest can be done later', async () => {
    const { tv, device } = await signedIn();
    const denied = failure(7, 'Request unauthorized.');
    const forgotten = await failing(
      stack.client,
      'deleteWorkflowExecution',
      async () => Promise.reject(denied),
      () => tv.forget(),
    );
    assert.match(userIdIn(forgotten) ?? '', /\S{10}/);
    assert.deepEqual(forgotten.runs, { deleted: 0, pending: 1 });
    const { problem } = forgotten;
    assert.ok(problem instanceof DevicePassError && problem.code === 'not_deleted');
    assert.match(problem.message, /give it that right, ask again$/);
    const later = await stack.pass.forget(device, { untilDeleted: true });
    assert.deepEqual(later.runs, { deleted: 1, pending: 0 });
    assert.equal(later.problem, undefined);
  });

  it('comes also where the connection breaks, before the histories are deleted or before the answer', async () => {
    const gone = failure(14, 'connection lost');
    const before = await signedIn();
    const list = async () => Promise.reject(gone);
    const first = await failing(stack.client, 'listWorkflowExecutions', list, () =>
      before.tv.forget(),
    );
    assert.match(userIdIn(first) ?? '', /\S{10}/);
    assert.equal(first.problem?.code, 'temporal_unavailable');

    const answered = await signedIn();
    const lose = async (send: () => Promise<unknown>) => {
      await send();
      throw gone;
    };
    const second = await failing(stack.client, 'updateWorkflowExecution', lose, () =>
      answered.tv.forget(),
    );
    assert.equal(second.wasSignedIn, true);
    assert.match(userIdIn(second) ?? '', /\S{10}/);
    assert.equal(second.problem?.code, 'temporal_unavailable');
    const later = await answered.tv.forget({ untilDeleted: true });
    assert.deepEqual([later.wasSignedIn, later.runs.deleted], [false, 1]);
  });

  it('is printed before what went wrong, with exit code 1', async () => {
    const { device } = await signedIn();
    const printed = await command(device.id, '--require', './test/client/deletion-denied.cjs');
    const request = JSON.parse(printed.stdout) as NonNullable<Forgotten['privacyRequest']>;
    assert.match(request.users[0]?.userIDs[0]?.value ?? '', /\S{10}/);
    const [, last, ...more] = printed.stderr.split('\n');
    assert.match(last ?? '', /^Not all was deleted from Temporal: .*ask again$/);
    assert.deepEqual(more, ['']);
    assert.ok('code' in printed && printed.code === 1);
  });
});

/** As gRPC says it. */
function failure(code: number, details: string): Error {
  return Object.assign(new Error(details), { code, details, metadata: { get: () => [] } });
}

/** What becomes of something while one request to Temporal goes wrong. */
async function failing<T>(
  { workflowService }: Client,
  name: 'deleteWorkflowExecution' | 'listWorkflowExecutions' | 'updateWorkflowExecution',
  fails: (send: () => Promise<unknown>) => Promise<unknown>,
  during: () => Promise<T>,
): Promise<T> {
  const original = workflowService[name];
  const send = original.bind(workflowService) as (request: object) => Promise<unknown>;
  Object.assign(workflowService, {
    [name]: async (request: object) => fails(() => send(request)),
  });
  try {
    return await during();
  } finally {
    Object.assign(workflowService, { [name]: original });
  }
}
