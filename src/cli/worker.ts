import type { Command } from 'commander';
import { runWorker } from '../worker.ts';
import { warnOfUnknownVariables } from './unknown-variables.ts';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('runs workflows and activities until SIGTERM; settings come from the environment')
    .action(async () => {
      warnOfUnknownVariables(process.env);
      await runWorker(process.env);
      // The SDK's native threads may outlive the last worker; everything of ours has ended.
      process.exit(0);
    });
}
