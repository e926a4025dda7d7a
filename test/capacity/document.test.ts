import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { written } from '../../bench/capacity/capacity.ts';
import { readCosts } from '../../bench/capacity/costs.ts';
import { devicesPerWorker } from '../../bench/capacity/size.ts';
import { MEAN_WAIT_S } from '../../bench/capacity/tables.ts';
import { DEVICES_PER_WORKER } from '../../src/cli/rooms.ts';

describe('the documentation of capacity', function () {
  this.timeout(60_000);
  let files: [URL, string][];
  before(async () => {
    files = await written(readCosts());
  });

  it('has the figures that the model makes of the costs', () => {
    assert.equal(files.length, 3);
    for (const [file, content] of files) {
      assert.ok(
        readFileSync(file, 'utf8') === content,
        `${basename(file.pathname)} is not what docs/bench/costs.json says: npm run bench -- capacity --write`,
      );
    }
  });

  it('changes with the costs', async () => {
    const costs = readCosts();
    const { code } = costs.operations;
    const dearer = { ...code, cpuMs: { ...code.cpuMs, worker: 2 * code.cpuMs.worker } };
    const other = await written({ ...costs, operations: { ...costs.operations, code: dearer } });
    for (const [at, [, content]] of files.entries()) assert.notEqual(other[at]?.[1], content);
  });

  it('has the number of devices by which `devicepass rooms` goes', () => {
    const each = devicesPerWorker(readCosts(), MEAN_WAIT_S);
    assert.equal(DEVICES_PER_WORKER, each, `set DEVICES_PER_WORKER in src/cli/rooms.ts to ${each}`);
  });
});
