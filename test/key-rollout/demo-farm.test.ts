import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { sharedTemporal } from '../support/stack.ts';

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
});
