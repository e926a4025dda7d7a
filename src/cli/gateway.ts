import type { Command } from 'commander';
import { generateTokenKey, runGateway } from '../gateway/index.ts';
import { KeyRing } from '../sealing/index.ts';
import { addSettingsHelp } from './settings-help.ts';
import { warnOfUnknownVariables } from './unknown-variables.ts';

export function addGateway(program: Command): void {
  const gateway = program
    .command('gateway')
    .description('serves TVs by OAuth and viewers by a page, until SIGTERM')
    .action(async () => {
      warnOfUnknownVariables(process.env);
      await runGateway(process.env);
      // The SDK's native threads may outlive the last watch; everything of ours has ended.
      process.exit(0);
    });
  addSettingsHelp(gateway, [
    'GATEWAY_ISSUER',
    'GATEWAY_CLIENT_KEYS',
    'GATEWAY_TOKEN_KEYS',
    'ADOBE_PASS_URL',
    'DEVICEPASS_KEYS',
    'TEMPORAL_ADDRESS',
  ]);

  gateway
    .command('keys')
    .description('prints fresh GATEWAY_CLIENT_KEYS and GATEWAY_TOKEN_KEYS')
    .action(async () => {
      const tokenKeys = JSON.stringify({ keys: [await generateTokenKey()] });
      process.stdout.write(`GATEWAY_CLIENT_KEYS=${KeyRing.generate().export()}\n`);
      process.stdout.write(`GATEWAY_TOKEN_KEYS=${tokenKeys}\n`);
      process.stderr.write(
        'To rotate: add the new key last everywhere, then move it to the front. Client keys stay in the\n' +
          'list as long as TVs that registered with them; token keys may leave after ten minutes.\n',
      );
    });
}
