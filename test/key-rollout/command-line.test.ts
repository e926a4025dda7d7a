import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sharedTemporal } from '../support/stack.ts';
import { type FarmStack, startFarmStack } from './support.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/devicepass.js');
const LIMITS = { settleWithinMs: 4_000, pollMs: 20, agentWithinMs: 5_000, rollBackWithinMs: 5_000 };

describe('devicepass aem keys', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let stack: FarmStack;
  afterEach(() => stack.stop());

  /** Runs the command as a user does. */
  async function run(command: string, farm: unknown, ...flags: string[]) {
    const { temporal } = await sharedTemporal();
    const file = join(stack.folder, 'farm.json');
    await writeFile(file, typeof farm === 'string' ? farm : JSON.stringify(farm));
    const args = ['aem', 'keys', ...command.split(' '), '--farm', file, ...flags];
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: temporal.address,
        DEVICEPASS_TASK_QUEUE: stack.taskQueue,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const written = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
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
