import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LogEntry, LogLevel } from '@temporalio/worker';
import { coalescing } from '../../src/client/watch-log.ts';
import { type Stack, sharedTemporal, startStack } from '../support/stack.ts';

describe('what a backend that watches reads of the Temporal SDK', () => {
  function log() {
    const lines: [level: string, details: object, message: string][] = [];
    let now = 0;
    const logger = {
      warn: (details: object, message: string) => lines.push(['warn', details, message]),
      error: (details: object, message: string) => lines.push(['error', details, message]),
    };
    const write = coalescing(logger, () => now);
    return {
      lines,
      write: (level: LogLevel, message: string, meta: LogEntry['meta'] = {}) =>
        write({ level, message, meta, timestampNanos: 0n }),
      wait: (ms: number) => (now += ms),
    };
  }

  it('is trouble only', () => {
    const { lines, write } = log();
    write('DEBUG', 'Worker starting');
    write('INFO', 'Worker state changed');
    write('WARN', 'No workflows registered, not polling for workflow tasks');
    write('WARN', 'polls fail');
    write('ERROR', 'a bug', { error: new Error('why\nso') });
    assert.deepEqual(lines, [
      ['warn', {}, 'polls fail'],
      ['error', { error: 'why so' }, 'a bug'],
    ]);
  });

  it('is each kind of trouble once a minute, with the number of repeats', () => {
    const { lines, write, wait } = log();
    for (let attempt = 1; attempt <= 80; attempt += 1) write('WARN', `retry ${attempt} failed`);
    write('WARN', 'something else');
    wait(60_000);
    write('WARN', 'retry 81 failed');
    assert.deepEqual(lines, [
      ['warn', {}, 'retry 1 failed'],
      ['warn', {}, 'something else'],
      ['warn', { repeats: 79 }, 'retry 81 failed'],
    ]);
  });

  it('has nothing of what an entry is about, for that may be a whole request', () => {
    const { lines, write } = log();
    write('WARN', 'x', { request: { ip: '203.0.113.7' } });
    assert.ok(!JSON.stringify(lines).includes('203.0.113.7'));
  });

  describe('in a process that installed no runtime', () => {
    let stack: Stack;
    before(async function () {
      this.timeout(300_000); // the first run may have to build a Temporal server
      stack = await startStack();
    });
    after(() => stack.stop());

    it('is nothing while all is well, and signals stay with the backend', async () => {
      const { temporal } = await sharedTemporal();
      const backend = spawn(
        process.execPath,
        ['--import', 'tsx', new URL('watching-process.ts', import.meta.url).pathname],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: {
            ...process.env,
            TEMPORAL_ADDRESS: temporal.address,
            DEVICEPASS_KEYS: stack.keys.export(),
            DEVICEPASS_TASK_QUEUE: stack.config.taskQueue,
          },
        },
      );
      let printed = '';
      let complained = '';
      backend.stdout.on('data', (chunk) => (printed += String(chunk)));
      backend.stderr.on('data', (chunk) => (complained += String(chunk)));
      const [status] = await once(backend, 'close');
      assert.deepEqual([complained, printed, status], ['', 'signed-out, 0 listeners\n', 0]);
    });
  });
});
