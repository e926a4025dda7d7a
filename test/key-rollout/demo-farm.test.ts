import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startTemporal } from '../../src/cli/temporal-server.ts';
import { eventually, sharedTemporal } from '../support/stack.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/devicepass.js');

describe('devicepass demo farm', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server

  it('rolls keys out, proves them in six directions, and ends with one sentence', async () => {
    const { temporal } = await sharedTemporal();
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, 'demo', 'farm'], {
      env: { ...process.env, TEMPORAL_ADDRESS: temporal.address },
    });
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.filter((line) => /shown to publish\d\S*: signed in$/.test(line)).length, 6);
    assert.equal(lines.filter((line) => line.includes('all 3 are still signed in')).length, 2);
    assert.match(lines.at(-1) ?? '', /^It worked: .*stayed signed in\.$/);
  });

  /** Starts the demo in a process group of its own, as a shell does, and waits for a line of it. */
  async function startDemo(line: RegExp, address: string) {
    const folder = await mkdtemp(join(tmpdir(), 'devicepass-interrupted-'));
    // Or each of its processes would compile all sources anew.
    const compiled = `tsx-${process.geteuid?.()}`;
    await symlink(join(tmpdir(), compiled), join(folder, compiled));
    const child = spawn(process.execPath, [PROGRAM, 'demo', 'farm'], {
      detached: true,
      env: { ...process.env, TEMPORAL_ADDRESS: address, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const group = -(child.pid ?? 0);
    const written = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
    const closed = once(child, 'close');
    await eventually(() => line.test(written.out), `${String(line)} is told`, 60_000);
    return {
      child,
      group,
      /** Exit code and last words; nothing of the demo may be left, no process and no file. */
      async end() {
        const [code] = (await closed) as [number];
        await eventually(() => isEmpty(group), 'no process is left');
        const left = await readdir(folder);
        assert.deepEqual(
          left.filter((name) => name.startsWith('devicepass')),
          [],
        );
        await rm(folder, { recursive: true });
        return { code, err: written.err };
      },
    };
  }

  for (const [when, line] of [
    ['while the agents start', /publish3\S* is at/],
    ['in the middle of the roll-out', /looks at 3 instances/],
  ] as const) {
    for (const [how, whole] of [
      ['SIGTERM', false],
      ['SIGINT', true],
    ] as const) {
      it(`tidies up after a ${how} ${when}`, async () => {
        const { temporal } = await sharedTemporal();
        const demo = await startDemo(line, temporal.address);
        // Ctrl+C in a terminal goes to every process of the group.
        process.kill(whole ? demo.group : -demo.group, how);
        assert.deepEqual(await demo.end(), {
          code: 1,
          err: 'devicepass: the farm demo did not work: stopped before the end\n',
        });
      });
    }
  }

  it('says in one line that Temporal went away', async () => {
    const server = await startTemporal({ port: await freePort() });
    if (!server.kill) return; // a server of others is not killed
    try {
      const demo = await startDemo(/looks at 3 instances/, server.address);
      await server.kill();
      assert.deepEqual(await demo.end(), {
        code: 1,
        err: `devicepass: the farm demo did not work: Temporal at ${server.address} went away; start the demo again\n`,
      });
    } finally {
      await server.stop();
    }
  });
});

function isEmpty(group: number): boolean {
  try {
    process.kill(group, 0);
    return false;
  } catch {
    return true;
  }
}
