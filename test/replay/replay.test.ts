import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import * as workflows from '../../src/workflows/index.ts';
import { at, eventsOf, historyFiles, quiet, readHistory, replayFile } from './support.ts';

describe('recorded histories and the present workflow code', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server

  for (const file of historyFiles()) {
    it(`${basename(file)} replays`, () => replayFile(file));
  }

  it('there is a history of every workflow type', () => {
    const recorded = historyFiles().map((file) => {
      const [started] = eventsOf(readHistory(file), 'WORKFLOW_EXECUTION_STARTED');
      return at(started, 'workflowType', 'name');
    });
    for (const type of Object.keys(workflows)) {
      assert.ok(recorded.includes(type), `no history of ${type}: npm run histories`);
    }
  });

  it('a history does not replay against code that does something else', async () => {
    const path = fileURLToPath(new URL('./incompatible/workflows.ts', import.meta.url));
    const bundle = await bundleWorkflowCode({ workflowsPath: path, logger: quiet });
    const [file] = historyFiles().filter((name) => name.endsWith('/signed-in.json'));
    assert.ok(file);
    await assert.rejects(replayFile(file, bundle), DeterminismViolationError);
  });
});
