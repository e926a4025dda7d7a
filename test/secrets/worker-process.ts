import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { App } from '../../src/config.ts';
import { eventually } from '../support/stack.ts';

const WORKER = resolve(import.meta.dirname, '../../src/worker.ts');

/** A worker as it runs in production: a process of its own, with all that it writes. */
export interface WorkerProcess {
  /** Standard output and standard error so far. */
  written: () => string;
  stop: () => Promise<void>;
}

export async function startWorkerProcess(
  apps: Record<string, App>,
  env: Record<string, string>,
): Promise<WorkerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'devicepass-worker-'));
  const file = join(folder, 'apps.json');
  writeFileSync(file, JSON.stringify(apps));
  const start = `void import(${JSON.stringify(WORKER)}).then((worker) => worker.runWorker(process.env));`;
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', '-e', start], {
    env: { ...process.env, DEVICEPASS_APPS: file, DEVICEPASS_LOG_LEVEL: 'trace', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (written += chunk.toString()));
  }
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`the worker ended: ${written}`);
      return written.includes('worker runs');
    },
    'the worker runs',
    60_000,
  );
  return {
    written: () => written,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true });
    },
  };
}
