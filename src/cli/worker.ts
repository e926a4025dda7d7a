import type { Command } from 'commander';
import { runWorker } from '../worker.ts';
import { addSettingsHelp } from './settings-help.ts';
import { warnOfUnknownVariables } from './unknown-variables.ts';

export function addWorker(program: Command): void {
  const worker = program
    .command('worker')
    .description('runs workflows and activities until SIGTERM')
    .action(async () => {
      warnOfUnknownVariables(process.env);
      await runWorker(process.env);
      // The SDK's native threads may outlive the last worker; everything of ours has ended.
      process.exit(0);
    });
  addSettingsHelp(worker, [
    'ADOBE_PASS_URL',
    'DEVICEPASS_KEYS',
    'DEVICEPASS_APPS',
    'TEMPORAL_ADDRESS',
  ]);
}
