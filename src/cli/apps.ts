import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { readApps } from '../config.ts';
import { namedBy } from '../gateway/client-id.ts';
import { issueStatement, readGatewaySettings } from '../gateway/index.ts';
import { readTrust, writeTrust } from '../gateway/trust.ts';
import { Signed } from '../gateway/signed.ts';
import { CommandError } from './fail.ts';
import { wholeNumber } from './sandbox.ts';

interface IssueFlags {
  app: string;
  redirectHost: string[];
  days?: number;
}

interface RevokeFlags {
  statement?: string;
  installation?: string;
}

export function addApps(program: Command): void {
  const apps = program
    .command('apps')
    .description('software statements with which TV apps register at the gateway');

  apps
    .command('issue')
    .description('prints a software statement for one version of an app')
    .requiredOption('--app <name>', 'an app of the file of apps')
    .option('--redirect-host <host...>', "where a login on the TV's own screen may return", [])
    .option('--days <number>', 'no new registrations after so many days', wholeNumber(1, 36_500))
    .action(async ({ app, redirectHost, days }: IssueFlags) => {
      const { issuer, clientKeys } = readGatewaySettings(process.env);
      const file = process.env['DEVICEPASS_APPS'] || 'apps.json';
      if (existsSync(file) && !readApps(file).has(app)) {
        throw new CommandError(`${file} has no app ${app}: add it there first`);
      }
      const { id, statement } = await issueStatement(new Signed(clientKeys), {
        issuer,
        app,
        redirectHosts: redirectHost,
        ...(days === undefined ? {} : { expiresAt: new Date(Date.now() + days * 86_400_000) }),
      });
      process.stdout.write(`${statement}\n`);
      process.stderr.write(
        `Statement ${id}. Keep the id: with it this app version can be ended.\n`,
      );
    });

  apps
    .command('revoke')
    .description('ends an app version or one installation, at every gateway that reads the file')
    .option('--statement <id>', 'the id that `apps issue` told')
    .option('--installation <id>', 'of one TV, or its client_id')
    .action(async ({ statement, installation }: RevokeFlags) => {
      if (statement === undefined && installation === undefined) {
        throw new CommandError('nothing to revoke: give --statement or --installation');
      }
      const file = process.env['GATEWAY_STATEMENTS'] || 'statements.json';
      const list = readTrust(file);
      await writeTrust(file, {
        ...list,
        revoked: together(list.revoked, statement),
        blocked: together(list.blocked, installation && installationOf(installation)),
      });
      process.stderr.write(`${file} is written; gateways read it within a second.\n`);
    });
}

function installationOf(id: string): string {
  return namedBy(id)?.installation ?? id;
}

function together(list: string[], more: string | undefined): string[] {
  return more === undefined ? list : [...new Set([...list, more])];
}
