import type { Command } from 'commander';
import { runAgent } from '../agent.ts';
import { warnOfUnknownVariables } from './unknown-variables.ts';

export function addAgent(program: Command): void {
  program
    .command('agent')
    .description('runs beside one AEM and alone touches its key files, until SIGTERM')
    .action(async () => {
      warnOfUnknownVariables(process.env);
      await runAgent(process.env);
      // The SDK's native threads may outlive the last worker; everything of ours has ended.
      process.exit(0);
    });
}
