import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { connect, type DeviceClient, type Forgotten, KeyRing } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { UNTHROTTLED } from '../flows/support.ts';
import { isNotFound } from '../../src/temporal/not-found.ts';
import { found, tracesOf } from '../secrets/traces.ts';
import { eventually, sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, showCode, signIn, untilStatus, watch } from '../workflows/support.ts';

const run = promisify(execFile);
const ORG = '1234567890@AdobeOrg';
const untilDeleted = true;

describe('a device that is forgotten', function () {
  this.timeout(150_000); // a Temporal server of yours takes half a minute to delete
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false },
      adobePass: UNTHROTTLED,
      config: { continueAsNewAfterEvents: 50 },
    });
  });
  after(() => stack.stop());

  const listed = async ({ workflowId }: DeviceClient) => {
    const runs: string[] = [];
    const query = `WorkflowId = "${workflowId}"`;
    for await (const { runId } of stack.client.workflow.list({ query })) runs.push(runId);
    return runs;
  };
  const nothingIsLeft = async (tv: DeviceClient, runs: readonly string[] = []) => {
    assert.deepEqual(await listed(tv), [], 'no search finds it');
    for (const runId of [undefined, ...runs]) {
      const handle = stack.client.workflow.getHandle(tv.workflowId, runId);
      await assert.rejects(handle.fetchHistory(), (error: unknown) => isNotFound(error));
    }
  };
  const userIdOf = async (tv: DeviceClient) => {
    const { userID } = (await tv.userMetadata()).attributes;
    assert.ok(userID?.status === 'plain');
    return userID.value;
  };

  it('gives the request that the Privacy Service takes, and leaves nothing in Temporal', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const userId = await userIdOf(tv);
    const runs = await listed(tv);
    assert.ok(found(await tracesOf(stack.client, tv.workflowId), 'NorthCable').length > 0);
    const forgotten = await tv.forget({ imsOrgId: ORG, untilDeleted });
    const expected: Forgotten = {
      wasSignedIn: true,
      privacyRequest: {
        companyContexts: [{ namespace: 'imsOrgID', value: ORG }],
        users: [
          {
            key: tv.identity.deviceId,
            action: ['delete'],
            userIDs: [
              {
                namespace: 'http://www.adobe.com/primetimeAuthentication/NorthCable',
                type: 'unregistered',
                value: String(userId),
              },
            ],
          },
        ],
        include: ['primetimeAuthentication'],
        regulation: 'gdpr',
      },
      runs: { deleted: 1, pending: 0 },
    };
    assert.deepEqual(forgotten, expected);
    await nothingIsLeft(tv, runs);
    assert.equal(sent('logout').length, 0, 'at Adobe only where that is asked for');
    assert.equal((await errorOf(tv.view())).code, 'not_signed_in');
  });

  it('signs out at Adobe too where that is asked for, whatever Adobe says', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const { logout } = await tv.forget({ logout: true, actions: ['access', 'delete'] });
    assert.equal(sent('logout').length, 1);
    assert.equal(logout?.actions[0]?.actionName, 'logout');
    const other = newTv(stack);
    await signIn(other.tv);
    stack.sandbox.faults.set({
      operation: 'logout',
      kind: 'error',
      code: 'invalid_integration',
      ip: other.options.ip,
    });
    const told = await other.tv.forget({ logout: true, untilDeleted });
    assert.equal(told.logout?.problem?.code, 'invalid_integration');
    assert.equal(told.runs.deleted, 1);
    await nothingIsLeft(other.tv);
  });

  it('has nothing for Adobe where nobody is signed in, and is deleted all the same, twice too', async () => {
    const { tv } = newTv(stack);
    await showCode(tv);
    const forgotten = await tv.forget({ untilDeleted });
    assert.deepEqual(forgotten, {
      wasSignedIn: false,
      noPrivacyRequest: 'nobody was signed in',
      runs: { deleted: 1, pending: 0 },
    });
    await nothingIsLeft(tv);
    assert.deepEqual((await tv.forget({ untilDeleted })).runs, { deleted: 0, pending: 0 });
    const both = newTv(stack);
    await signIn(both.tv);
    const twice = await Promise.all([0, 1].map(async () => both.tv.forget({ untilDeleted })));
    assert.equal(twice.filter(({ wasSignedIn }) => wasSignedIn).length, 1);
    await nothingIsLeft(both.tv);
  });

  it('takes the histories of all its runs along, of earlier lives too', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const first = await listed(tv);
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    while ((await handle.describe()).runId === first[0]) await tv.authorize('news');
    const runs = [...first, (await handle.describe()).runId];
    await stack.client.workflow.getHandle(tv.workflowId).terminate('an earlier life');
    await signIn(tv);
    await eventually(async () => (await listed(tv)).length === 3, 'three runs');
    const all = await listed(tv);
    assert.ok(runs.every((runId) => all.includes(runId)));
    assert.equal((await tv.forget({ untilDeleted })).runs.deleted, 3);
    await nothingIsLeft(tv, all);
  });

  it('is told to who watches, and begins anew with the next code', async () => {
    const { tv } = newTv(stack);
    await signIn(tv);
    const before = (await tv.view()).standing;
    const { seen, stop } = watch(tv);
    await eventually(() => seen.length === 1, 'watching');
    await tv.forget();
    const last = await eventually(() => seen[1], 'told');
    assert.ok(last.status === 'signed-out' && last.reason === 'forgotten');
    const { url, generation, grant = 0 } = await showCode(tv);
    assert.ok(generation > last.generation && grant > (before.grant ?? 0), 'no old token holds');
    await eventually(() => seen[2]?.status === 'pending', 'the watch goes on with the next life');
    await signInAsViewer(url);
    await tv.browserReturned();
    await untilStatus(tv, 'signed-in');
    await stop();
  });

  it('is left as it is by who lacks the key, or asks for what there is not', async () => {
    const { tv, options } = newTv(stack);
    await signIn(tv);
    const { taskQueue } = stack.config;
    const blind = await connect({ keys: KeyRing.generate(), temporal: stack.client, taskQueue });
    const device = { app: 'demo', id: options.id };
    assert.equal((await errorOf(blind.forget(device))).code, 'sealed_value');
    await blind.close();
    for (const wrong of [
      { imsOrgId: 'mine' },
      { actions: [] },
      { actions: ['erase'] },
      { regulation: 'The Law' },
      { logout: 'yes' },
    ] as object[]) {
      const { code, message } = await errorOf(stack.pass.forget(device, wrong));
      assert.equal(code, 'invalid_request', message);
      assert.ok(!message.includes('\n'));
    }
    assert.equal(
      (await errorOf(stack.pass.forget({ app: 'demo', id: '' }))).code,
      'invalid_request',
    );
    assert.equal((await tv.view()).standing.status, 'signed-in');
    assert.equal((await stack.pass.forget(device)).wasSignedIn, true);
  });

  describe('by an operator', () => {
    const command = async (...args: string[]) => {
      const { temporal } = await sharedTemporal();
      const env = {
        ...process.env,
        TEMPORAL_ADDRESS: temporal.address,
        DEVICEPASS_TASK_QUEUE: stack.config.taskQueue,
        DEVICEPASS_KEYS: stack.keys.export(),
      };
      const argv = ['bin/devicepass.js', 'device', 'forget', ...args];
      return run(process.execPath, argv, { env }).catch(
        (error: unknown) => error as { stdout: string; stderr: string; code: number },
      );
    };

    it('prints the request on standard output and what was done beside it', async () => {
      const id = randomUUID();
      const { tv } = newTv(stack, { id });
      await signIn(tv);
      const userId = await userIdOf(tv);
      const { stdout, stderr } = await command('demo', id, '--action', 'access,delete');
      const request = JSON.parse(stdout) as NonNullable<Forgotten['privacyRequest']>;
      assert.deepEqual(request.users[0]?.action, ['access', 'delete']);
      assert.equal(request.users[0]?.userIDs[0]?.value, userId);
      assert.match(stderr, /Add companyContexts, or give --ims-org\.\n1 history deleted/);
      await nothingIsLeft(tv);
      const again = await command('demo', id);
      assert.equal(again.stdout, '');
      assert.match(again.stderr, /nobody was signed in\.\nTemporal knows nothing of this device\./);
    });

    it('has one line for what is wrong', async () => {
      const wrong = await command('demo', 'some-tv', '--action', 'erase');
      assert.match(
        wrong.stderr,
        /^devicepass: actions is \["erase"\]: use access, delete or both\n$/,
      );
      assert.ok('code' in wrong && wrong.code === 1);
    });
  });
});
