import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { followRollout } from '../../src/cli/aem-keys/follow.ts';
import { startRollout } from '../../src/cli/aem-keys/start.ts';
import type { keyRollout } from '../../src/workflows/index.ts';
import type { RolloutRequest } from '../../src/workflows/key-rollout/messages.ts';
import { eventually, sharedTemporal } from '../support/stack.ts';
import { type FarmStack, startFarmStack } from './support.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/devicepass.js');
/** Ctrl+C once that was told. */
interface Interruption {
  signalAfter: string;
}

const LIMITS = { settleWithinMs: 4_000, pollMs: 20, agentWithinMs: 5_000, rollBackWithinMs: 5_000 };

describe('devicepass aem keys', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let stack: FarmStack;
  afterEach(() => stack.stop());

  /** Runs the command as a user does. */
  async function run(command: string, farm: unknown, ...words: (string | Interruption)[]) {
    const flags = words.filter((word) => typeof word === 'string');
    const interruption = words.find((word) => typeof word !== 'string');
    const { temporal } = await sharedTemporal();
    const file = join(stack.folder, 'farm.json');
    await writeFile(file, typeof farm === 'string' ? farm : JSON.stringify(farm));
    const args = ['aem', 'keys', ...command.split(' '), '--farm', file, ...flags];
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: temporal.address,
        DEVICEPASS_TASK_QUEUE: stack.taskQueue,
        AEM_HOST_KEYS: stack.keys.export(),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      written.out += chunk.toString();
      if (interruption && written.out.includes(interruption.signalAfter)) child.kill('SIGINT');
    });
    child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out: written.out.trimEnd().split('\n'), err: written.err.trimEnd().split('\n') };
  }

  const farmFile = () => ({
    name: `cli-${stack.taskQueue}`,
    source: stack.farm.instances[0]?.id,
    hosts: stack.farm.instances.map(({ id, url }) => ({ id, url })),
    limits: LIMITS,
  });

  it('rollout tells the story, and ends with a sentence and code 0', async () => {
    stack = await startFarmStack();
    const { code, out, err } = await run('rollout', farmFile());
    assert.equal(code, 0, err.join());
    const story = out.join('\n');
    for (const part of ['looks at 3 instances', 'both keys written', 'switched on']) {
      assert.ok(story.includes(part), part);
    }
    assert.match(out.at(-1) ?? '', /^The farm has one pair of keys.* in all 6 directions\.$/);

    const status = await run('status', farmFile());
    assert.deepEqual([status.code, status.out], [0, out]);
  });

  it('a dry run counts what it would change, and hides no roll-out from status', async () => {
    stack = await startFarmStack();
    const would = await run('rollout', farmFile(), '--dry-run');
    assert.equal(would.out.at(-1), 'A dry run: 5 changes would be made.');
    assert.deepEqual((await run('status', farmFile())).out, would.out, 'there is no other');
    const real = await run('rollout', farmFile());
    assert.equal(real.code, 0);
    const nothing = await run('rollout', farmFile(), '--dry-run');
    assert.equal(nothing.out.at(-1), 'A dry run: nothing would be changed.');
    assert.deepEqual((await run('status', farmFile())).out, real.out);
  });

  it('Ctrl+C ends the telling alone, and the same command joins the roll-out', async () => {
    stack = await startFarmStack();
    const farm = farmFile();
    const [, second = '', third = ''] = stack.farm.instances.map(({ id }) => id);
    const left = await run('rollout', farm, '--approve-each', { signalAfter: 'waits before' });
    assert.equal(left.code, 130);
    assert.equal(left.err.length, 1);
    assert.match(left.err[0] ?? '', /the roll-out goes on in Temporal, watch it .*status --farm/);

    const other = await run('rollout', farm);
    assert.equal(other.code, 1);
    assert.match(other.err.join(), /with another farm file or other options runs already/);
    const joined = await run('rollout', farm, '--approve-each', { signalAfter: 'waits before' });
    assert.equal(joined.out[0], 'A roll-out of the same request runs already:');
    assert.deepEqual(joined.out.slice(1), left.out);

    assert.deepEqual((await run('resume', farm)).out, ['nothing was paused']);
    assert.match((await run('pause', farm)).out.join(), /^paused; now it waits for `devicepass/);
    const approved = await run(`approve ${second}`, farm);
    assert.match(approved.out.join(), new RegExp(`^${second} approved; now it waits for .*resume`));
    assert.deepEqual((await run('resume', farm)).out, ['resumed']);
    const status = await run('status', farm, { signalAfter: `waits before ${third}` });
    assert.ok(status.out.some((line) => line.endsWith(`${second} approved`)));
  });

  it('says whose agent it waits for', async () => {
    stack = await startFarmStack({ without: ['publish3'] });
    const [, , third] = stack.farm.instances;
    const told: string[] = [];
    const end = await followRollout(
      await stack.startRollout({
        limits: { ...LIMITS, heartbeatTimeoutMs: 9_000, agentWithinMs: 8_000 },
      }),
      ({ host, text }) => void told.push(`${host} ${text}`),
    );
    assert.equal(end.type, 'refused');
    const text = `${third?.id} waits for the agent of ${third?.id}: examineHost (8 s at most until it begins)`;
    assert.equal(told.filter((each) => each === text).length, 1, told.join('\n'));
  });

  it('says that no worker is there to go on', async () => {
    stack = await startFarmStack();
    const told: string[] = [];
    const handle = await stack.client.workflow.start<typeof keyRollout>('keyRollout', {
      taskQueue: `${stack.taskQueue}-nobody`,
      workflowId: `keys:${stack.taskQueue}`,
      args: [{} as RolloutRequest],
    });
    const following = followRollout(handle, ({ text }) => void told.push(text));
    await eventually(() => told.length > 0, 'somebody is missed', 30_000);
    await handle.terminate();
    await following;
    assert.deepEqual(told, [
      'no worker answers: the roll-out goes on once a `devicepass worker` runs',
    ]);
  });

  it('is refused where those that listened have not asked for work lately', async () => {
    stack = await startFarmStack();
    const lastAccessTime = msToTs(Date.now() - 120_000);
    const client = {
      options: { namespace: 'default' },
      workflowService: {
        describeTaskQueue: async () => ({ pollers: [{ lastAccessTime }] }),
      },
    } as unknown as Client;
    const request = { hosts: [] } as unknown as RolloutRequest;
    await assert.rejects(startRollout(client, 'queue', request, stack.keys), {
      message: /no worker on task queue queue/,
    });
  });

  it('rollout answers a roll-back with code 2 and one line', async () => {
    stack = await startFarmStack();
    stack.farm.instances[2]?.faults.set({ kind: 'write-damages' });
    const { code, err } = await run('rollout', farmFile());
    assert.equal(code, 2);
    assert.equal(err.length, 1);
    assert.match(err[0] ?? '', /^devicepass: .*skip\.token\.refresh.*\(everything was put back/);
  });

  it('rollout is refused with code 1 and one line where it can not work', async () => {
    stack = await startFarmStack({ without: ['publish2'] });
    const good = farmFile();
    const missing = await run('rollout', good);
    assert.equal(missing.code, 1);
    assert.equal(missing.err.length, 1, missing.err.join('\n'));
    assert.match(missing.err[0] ?? '', /no agent of publish2-\w+ is connected: start/);
    const { code, err } = await run('approve encapsulation', good);
    assert.equal(code, 1);
    assert.match(err.join(), /no roll-out of .* runs/);
  });
});
