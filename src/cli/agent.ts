import type { Command } from 'commander';
import { runAgent } from '../agent.ts';
import { addSettingsHelp } from './settings-help.ts';
import { warnOfUnknownVariables } from './unknown-variables.ts';

export function addAgent(program: Command): void {
  const agent = program
    .command('agent')
    .description('runs beside one AEM and alone touches its key files, until SIGTERM')
    .action(async () => {
      warnOfUnknownVariables(process.env);
      await runAgent(process.env);
      // The SDK's native threads may outlive the last worker; everything of ours has ended.
      process.exit(0);
    });
  addSettingsHelp(agent, [
    'AEM_HOST_ID',
    'AEM_HOST_URL',
    'AEM_HOST_INSTALL_DIR',
    'AEM_HOST_KEYS',
    'AEM_HOST_ADMIN_PASSWORD',
    'AEM_HOST_TEST_USER',
    'AEM_HOST_TEST_PASSWORD',
    'TEMPORAL_ADDRESS',
  ]);
}
