import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { isForPeople } from '../../src/cli/fail.ts';
import { addTempPass } from '../../src/cli/temppass.ts';
import { hashOfIdentity } from '../../src/client/temppass-identity.ts';
import { createTempPassResets } from '../../src/client/temppass-resets.ts';
import { LAST_ERROR } from '../../src/workflows/search-attributes.ts';
import { asAccess, UNTHROTTLED } from '../flows/support.ts';
import { found, tracesOf } from '../secrets/traces.ts';
import { eventually, sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, type Tv } from '../workflows/support.ts';

const run = promisify(execFile);
const PREVIEW = 'TempPass_Preview';
const TITLES = 'TempPass_Titles';
const IDENTITY = 'viewer@example.com';
const NO_NAMESPACE = /^TEMPORAL_NAMESPACE is "nope": there is no such namespace/;

describe('trials that begin anew', function () {
  this.timeout(60_000);
  let stack: Stack;
  let env: NodeJS.ProcessEnv;
  let statement: string;
  const folder = mkdtempSync(join(tmpdir(), 'devicepass-temppass-'));
  before(async function () {
    this.timeout(300_000);
    const statementFile = join(folder, 'statement.jwt');
    stack = await startStack({ sandbox: { throttle: false }, adobePass: UNTHROTTLED });
    statement = stack.sandbox.softwareStatement({ scopes: ['temporary:passes:owner'] });
    writeFileSync(statementFile, `${statement}\n`);
    stack.config.management = { url: stack.sandbox.url, statementFile };
    await stack.redeploy();
    const apps = join(folder, 'apps.json');
    writeFileSync(apps, JSON.stringify(Object.fromEntries(stack.apps)));
    const { temporal } = await sharedTemporal();
    env = {
      ...process.env,
      ADOBE_PASS_URL: stack.sandbox.url,
      ADOBE_MANAGEMENT_STATEMENT_FILE: statementFile,
      DEVICEPASS_APPS: apps,
      DEVICEPASS_TASK_QUEUE: stack.config.taskQueue,
      TEMPORAL_ADDRESS: temporal.address,
    };
  });
  after(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => stack.sandbox.faults.clear());

  /** In this process, for a process of its own takes seconds; one test has that. */
  const command = async (line: string, more: NodeJS.ProcessEnv = {}) => {
    const before = { ...process.env };
    const write = process.stdout.write.bind(process.stdout);
    let stdout = '';
    process.stdout.write = (text: string | Uint8Array) => (stdout += String(text)) !== '';
    Object.assign(process.env, env, more);
    const program = new Command().exitOverride();
    addTempPass(program);
    try {
      await program.parseAsync(['node', 'devicepass', 'temppass', ...line.split(' ')]);
      return { stdout, problem: undefined };
    } catch (error) {
      assert.ok(error instanceof Error && isForPeople(error), String(error));
      return { stdout, problem: error.message };
    } finally {
      process.stdout.write = write;
      for (const name of Object.keys({ ...env, ...more })) delete process.env[name];
      Object.assign(process.env, before);
    }
  };
  const begins = async ({ tv }: Tv, mvpd = PREVIEW, identity?: string) => {
    const more = identity === undefined ? {} : { tempPassIdentity: identity };
    asAccess(await tv.authenticate({ mvpd: { id: mvpd }, restart: true, ...more }));
  };
  const usesUp = async (device: Tv, mvpd = PREVIEW, identity?: string) => {
    await begins(device, mvpd, identity);
    assert.equal((await device.tv.authorize('news')).status, 'permitted');
    stack.sandbox.useUpTrials();
    assert.equal((await device.tv.authorize('news')).status, 'denied');
  };
  const isUsedUp = async (device: Tv, mvpd = PREVIEW, identity?: string) => {
    const { code } = await errorOf(begins(device, mvpd, identity));
    assert.equal(code, 'temporary_access_duration_limit_exceeded');
  };
  const resets = () =>
    stack.sandbox.requests.filter(({ operation }) => operation.startsWith('reset'));

  it('are those of one device, by the id that the client knows, and no other', async () => {
    const id = randomUUID();
    const device = newTv(stack, { id });
    const other = newTv(stack);
    await usesUp(device);
    await usesUp(other);
    await isUsedUp(device);
    const dry = await command(`reset --app demo --mvpd ${PREVIEW} --device ${id} --dry-run`);
    assert.match(dry.stdout, /^DELETE \S+\/reset-tempass\/v3\/reset\?device_id=[0-9a-f]{64}&/);
    assert.equal(resets().length, 0, 'nothing is sent');
    const done = await command(`reset --app demo --mvpd ${PREVIEW} --device ${id}`);
    assert.equal(done.stdout, `reset ${PREVIEW} of REF30 for one device\n`, done.problem);
    await begins(device);
    await isUsedUp(other);
    const all = await command(`reset --app demo --mvpd ${PREVIEW} --all`);
    assert.equal(all.stdout, `reset ${PREVIEW} of REF30 for all devices\n`, all.problem);
    await begins(other);
  });

  it('are those of a Roku by its account, where the app sends that', async () => {
    const rokuSubscriberId = `sub-${randomUUID()}`;
    const device = newTv(stack, { rokuSubscriberId });
    await usesUp(device);
    await command(`reset --app demo --mvpd ${PREVIEW} --device ${device.options.id}`);
    await isUsedUp(device);
    const line = `reset --app demo --mvpd ${PREVIEW} --subscriber-id ${rokuSubscriberId}`;
    const done = await command(line);
    assert.equal(done.stdout, `reset ${PREVIEW} of REF30 for one device\n`, done.problem);
    await begins(device);
  });

  it('are those of one identity, by its hash or the address, or of all', async () => {
    for (const key of [IDENTITY, hashOfIdentity(IDENTITY)]) {
      const device = newTv(stack);
      await usesUp(device, TITLES, IDENTITY);
      const done = await command(`reset --app demo --mvpd ${TITLES} --key ${key}`);
      assert.equal(done.stdout, `reset ${TITLES} of REF30 for one identity\n`, done.problem);
      await begins(device, TITLES, IDENTITY);
    }
    assert.ok(
      resets().every(({ path }) => !path.includes('viewer')),
      'the hash alone is sent',
    );
    const device = newTv(stack);
    await usesUp(device, TITLES, 'other@example.com');
    await command(`reset --app demo --mvpd ${TITLES} --all --promotional`);
    await begins(device, TITLES, 'other@example.com');
  });

  it('are never all for want of a word, and what is wrong has one line', async () => {
    const before = resets().length;
    const of = `--app demo --mvpd ${PREVIEW}`;
    const none = { ADOBE_MANAGEMENT_STATEMENT_FILE: '' };
    for (const [line, expected, more] of [
      [`reset ${of}`, /whose trial\? give one of --device, --subscriber-id, --key and --all/],
      [`reset ${of} --device tv --subscriber-id me`, /give one of --device/],
      [`reset ${of} --subscriber-id `, /^--subscriber-id can't be used: /],
      ['reset --app demo --mvpd  --all', /^--mvpd is empty: give the id of a TempPass$/],
      ['schedule --app demo --mvpd  --remove', /^--mvpd is empty: give the id of a TempPass$/],
      ['schedule --list', NO_NAMESPACE, { TEMPORAL_NAMESPACE: 'nope' }],
      [`schedule ${of} --at 00:00 --time-zone UTC`, NO_NAMESPACE, { TEMPORAL_NAMESPACE: 'nope' }],
      [`reset ${of} --all --device tv`, /give one of --device/],
      [`reset ${of} --promotional --device tv`, /--promotional is for --all/],
      [
        `reset --app nobody --mvpd ${PREVIEW} --all`,
        /apps\.json has no app nobody: there are demo/,
      ],
      [`reset ${of} --all`, /ADOBE_MANAGEMENT_STATEMENT_FILE is not set/, none],
      [`schedule ${of} --at 24:00 --time-zone UTC`, /at is "24:00": use HH:MM/],
      [`schedule ${of} --at 00:00 --time-zone Mars/Base`, /timeZone is "Mars\/Base": use a name/],
      [`schedule ${of}`, /when\? give --at and --time-zone/],
      [`schedule --at 00:00`, /what is to be reset\? give --app and --mvpd/],
    ] as [string, RegExp, NodeJS.ProcessEnv?][]) {
      const { stdout, problem = '' } = await command(line, more);
      assert.equal(stdout, '', line);
      assert.match(problem, expected);
      assert.ok(!problem.includes('\n'));
    }
    const refused = await command('reset --app demo --mvpd NorthCable --all');
    assert.match(refused.problem ?? '', /^Adobe refused to reset NorthCable of REF30 \(400\)/);
    assert.ok(
      resets()
        .slice(before)
        .every(({ status }) => status === 400),
    );
  });

  it('are a command of devicepass', async () => {
    const argv = ['bin/devicepass.js', 'temppass', 'reset', '--app', 'demo', '--mvpd', PREVIEW];
    const { stdout } = await run(process.execPath, [...argv, '--all', '--dry-run'], { env });
    assert.match(stdout, /^DELETE /);
    await assert.rejects(run(process.execPath, argv, { env }), {
      code: 1,
      stderr: 'devicepass: whose trial? give one of --device, --subscriber-id, --key and --all\n',
    });
  });

  describe('each night', () => {
    const scheduleId = () => `temppass-reset:${stack.config.taskQueue}:demo:${PREVIEW}`;
    const handle = () => stack.client.schedule.getHandle(scheduleId());
    const nightOf = async (night: number) => {
      // As at night: a run that may stand beside another is handed nothing, and hands nothing on.
      await handle().trigger('BUFFER_ONE');
      return eventually(
        async () => (await handle().describe()).info.recentActions[night - 1]?.action,
        `night ${night}`,
      );
    };

    it('by a Schedule at a time of day in a zone, which is listed, changed and removed', async () => {
      const of = `--app demo --mvpd ${PREVIEW}`;
      const made = await command(`schedule ${of} --at 00:00 --time-zone America/New_York`);
      assert.equal(
        made.stdout,
        `scheduled ${scheduleId()}: each day at 00:00, America/New_York\n`,
        made.problem,
      );
      const { spec, policies, info } = await handle().describe();
      assert.equal(spec.timezone, 'America/New_York');
      assert.equal(policies.overlap, 'SKIP');
      const hour = new Intl.DateTimeFormat('en', {
        timeZone: 'America/New_York',
        timeStyle: 'short',
      });
      assert.ok(info.nextActionTimes.every((time) => hour.format(time) === '12:00 AM'));
      await command(`schedule ${of} --at 01:30 --time-zone UTC`);
      const expected = new RegExp(
        `^demo ${PREVIEW}: all devices, each day at 01:30, UTC \\(next \\S+T01:30:00.000Z\\)\n$`,
      );
      await eventually(async () => {
        return expected.test((await command('schedule --list')).stdout);
      }, 'listed as it is now');
      assert.equal(
        (await command(`schedule ${of} --remove`)).stdout,
        `removed: ${PREVIEW} of demo\n`,
      );
      assert.equal(
        (await command(`schedule ${of} --remove`)).stdout,
        'there is no such schedule\n',
      );
    });

    it('with one registration for all nights, sealed in between', async () => {
      const daily = { app: 'demo', mvpd: PREVIEW, at: '00:00', timeZone: 'UTC' };
      await createTempPassResets(stack.client, stack.config.taskQueue).schedule(daily);
      const device = newTv(stack);
      await usesUp(device);
      const registered = () =>
        stack.sandbox.requests.filter(({ operation }) => operation === 'register').length;
      const before = registered();
      const nights = [];
      for (const night of [1, 2]) {
        const { workflow } = await nightOf(night);
        nights.push(workflow);
        const { workflowId, firstExecutionRunId } = workflow;
        const done = stack.client.workflow.getHandle(workflowId, firstExecutionRunId);
        const { app, mvpd } = (await done.result()) as { app: string; mvpd: string };
        assert.deepEqual([app, mvpd], ['demo', PREVIEW]);
        // Another worker, that remembers nothing.
        if (night === 1) await stack.redeploy();
      }
      assert.equal(registered(), before + 1);
      await begins(device);

      const secrets = [statement, ...stack.sandbox.secrets()];
      for (const { workflowId } of nights) {
        const traces = await tracesOf(stack.client, workflowId);
        for (const secret of secrets) assert.deepEqual(found(traces, secret), []);
        assert.ok(found(traces, PREVIEW).length > 0);
      }
      await handle().delete();
    });

    it('that can not be reset is found by its error', async () => {
      const daily = { app: 'demo', mvpd: 'NorthCable', at: '00:00', timeZone: 'UTC' };
      const { scheduleId: id } = await createTempPassResets(
        stack.client,
        stack.config.taskQueue,
      ).schedule(daily);
      const schedule = stack.client.schedule.getHandle(id);
      await schedule.trigger();
      const failed = await eventually(
        async () => (await schedule.describe()).info.recentActions[0]?.action.workflow,
        'it ran',
      );
      const run = stack.client.workflow.getHandle(failed.workflowId, failed.firstExecutionRunId);
      await assert.rejects(run.result());
      const { typedSearchAttributes } = await run.describe();
      assert.equal(typedSearchAttributes.get(LAST_ERROR), 'bad_request');
      await schedule.delete();
    });
  });
});
