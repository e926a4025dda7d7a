import type { Command } from 'commander';
import { open } from 'node:fs/promises';
import { readServiceTokens } from '../service-token-settings.ts';
import { generateServiceTokenKey } from '../service-tokens/index.ts';
import { CommandError } from './fail.ts';
import { addSettingsHelp } from './settings-help.ts';

export function addServiceToken(program: Command): void {
  const serviceToken = program
    .command('service-token')
    .description('keys and tokens of single sign-on for households (docs/household.md)');

  serviceToken
    .command('key')
    .description('writes a fresh private key to a file, and prints the public key for Adobe')
    .requiredOption('--out <file>', 'file of the private key; it must not exist')
    .action(async ({ out }: { out: string }) => {
      const { privateKey, publicKey, keyId } = await generateServiceTokenKey();
      await writeNew(out, privateKey);
      process.stdout.write(publicKey);
      process.stderr.write(
        `Hand the public key to Adobe, with kid ${keyId} and your issuer. Then set, for backends and gateways:\n` +
          `DEVICEPASS_SERVICE_TOKEN_KEY=${out}\n`,
      );
    });

  const make = serviceToken
    .command('make')
    .description('prints a service token, as devices are given it')
    .requiredOption('--sub <id>', 'of the viewer, or the household, at your identity service')
    .action(async ({ sub }: { sub: string }) => {
      const tokens = readServiceTokens(process.env);
      if (!tokens?.makes) {
        throw new CommandError(
          'no tokens are made here: set DEVICEPASS_SERVICE_TOKEN_ISSUER and DEVICEPASS_SERVICE_TOKEN_KEY',
        );
      }
      if (sub.trim() === '') throw new CommandError('--sub is empty: give the id of a viewer');
      process.stdout.write(`${await tokens.make(sub)}\n`);
    });
  addSettingsHelp(make, [
    'DEVICEPASS_SERVICE_TOKEN_ISSUER',
    'DEVICEPASS_SERVICE_TOKEN_KEY',
    'DEVICEPASS_SERVICE_TOKEN_KEY_ID',
    'DEVICEPASS_SERVICE_TOKEN_AUDIENCE',
    'DEVICEPASS_SERVICE_TOKEN_LIFE_MS',
  ]);
}

/** For its owner alone. @throws CommandError for a file that is there, or can't be written */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(text);
    await handle.close();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CommandError(
      `--out ${file} can't be written (${code}): give a file that is not there`,
    );
  }
}
