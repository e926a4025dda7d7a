import type { Command } from 'commander';
import type { ResetOf } from '../adobe-management/index.ts';
import { hashDeviceId, rokuSubscriberIdSchema } from '../adobe-pass/index.ts';
import { createTempPassResets, type ScheduledReset } from '../client/temppass-resets.ts';
import { hashOfIdentity } from '../client/temppass-identity.ts';
import { type App, type Config, ConfigError, readApps, readConfig } from '../config.ts';
import { connectClient } from '../temporal/connect-client.ts';
import { noSuchNamespace } from '../temporal/namespace.ts';
import { managementOf } from '../worker.ts';
import { wantedDevice } from './device-named.ts';
import { CommandError } from './fail.ts';
import { addSettingsHelp } from './settings-help.ts';

interface ResetFlags {
  app: string;
  mvpd: string;
  device?: string;
  subscriberId?: string;
  key?: string;
  all: boolean;
  promotional: boolean;
  dryRun: boolean;
}

interface ScheduleFlags {
  app?: string;
  mvpd?: string;
  at?: string;
  timeZone?: string;
  promotional: boolean;
  list: boolean;
  remove: boolean;
}

export function addTempPass(program: Command): void {
  const temppass = program.command('temppass').description('trials (TempPass) that begin anew');

  const reset = temppass
    .command('reset')
    .description('lets the trial of a device, of an identity or of all begin anew, at Adobe')
    .requiredOption('--app <name>', 'an app of the file of apps')
    .requiredOption('--mvpd <id>', 'the TempPass')
    .option('--device <id>', 'one device: its id, as the client was given it, or its client_id')
    .option(
      '--subscriber-id <id>',
      'one Roku: the plain subscriber id of its account, where the app sends it',
    )
    .option(
      '--key <hash>',
      'one identity of a promotional TempPass: its hash, or the address itself',
    )
    .option('--all', 'all devices: for every viewer of the app the trial begins anew', false)
    .option('--promotional', 'with --all: all identities of a promotional TempPass', false)
    .option('--dry-run', 'says what would be sent, and sends nothing', false)
    .action(async (flags: ResetFlags) => {
      const of = whose(flags);
      checkMvpd(flags.mvpd);
      const config = readConfig(process.env);
      await resetNow(config, flags, of);
    });
  addSettingsHelp(reset, [
    'ADOBE_MANAGEMENT_STATEMENT_FILE',
    'ADOBE_MANAGEMENT_URL',
    'ADOBE_PASS_URL',
    'DEVICEPASS_APPS',
  ]);

  const schedule = temppass
    .command('schedule')
    .description('resets a TempPass each day for all, by a Temporal Schedule and the workers')
    .option('--app <name>', 'an app of the file of apps')
    .option('--mvpd <id>', 'the TempPass')
    .option('--at <time>', 'when, as 00:00')
    .option('--time-zone <name>', 'where it is that time, as America/New_York')
    .option(
      '--promotional',
      'all identities of a promotional TempPass, instead of all devices',
      false,
    )
    .option('--list', 'lists what is scheduled', false)
    .option('--remove', 'no more', false)
    .action(scheduled);
  addSettingsHelp(schedule, ['TEMPORAL_ADDRESS', 'DEVICEPASS_TASK_QUEUE']);
}

/** @throws CommandError unless exactly one is said: all is never meant by leaving the others out */
function whose({ app, device, subscriberId, key, all, promotional }: ResetFlags): ResetOf {
  const said = [device, subscriberId, key, all || undefined].filter((each) => each !== undefined);
  if (said.length !== 1) {
    throw new CommandError('whose trial? give one of --device, --subscriber-id, --key and --all');
  }
  if (promotional && !all) throw new CommandError('--promotional is for --all: give both');
  if (device !== undefined) {
    const { id } = wantedDevice(app, device);
    return { device: hashDeviceId(app, id) };
  }
  if (subscriberId !== undefined) return { device: checkedSubscriberId(subscriberId) };
  if (key !== undefined) {
    if (key.trim() === '') throw new CommandError('--key is empty: give a hash, or an address');
    return { key: hashOfIdentity(key) };
  }
  return promotional ? 'all-keys' : 'all-devices';
}

/** In its account Adobe knows a Roku by no hash of ours. */
function checkedSubscriberId(id: string): string {
  const parsed = rokuSubscriberIdSchema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new CommandError(`--subscriber-id can't be used: ${parsed.error.issues[0]?.message}`);
}

/** An empty one would be left out of what Adobe reads. */
function checkMvpd(mvpd: string | undefined): void {
  if (mvpd?.trim() === '') throw new CommandError('--mvpd is empty: give the id of a TempPass');
}

async function resetNow(config: Config, flags: ResetFlags, of: ResetOf): Promise<void> {
  if (!config.management) {
    throw new ConfigError(
      'ADOBE_MANAGEMENT_STATEMENT_FILE is not set: give the file of a software statement with the scope temporary:passes:owner',
    );
  }
  const { serviceProvider } = appOf(config, flags.app);
  const management = managementOf(config.adobePass, config.management);
  try {
    const asked = { requestorId: serviceProvider, mvpdId: flags.mvpd, of };
    if (flags.dryRun) {
      process.stdout.write(`DELETE ${management.resetUrl(asked).href}\n`);
      process.stderr.write('Nothing was sent: leave out --dry-run to reset.\n');
      return;
    }
    await management.resetTempPass(asked);
    process.stdout.write(`reset ${flags.mvpd} of ${serviceProvider} for ${nameOf(of)}\n`);
  } finally {
    management.close();
  }
}

function appOf({ appsFile }: Config, name: string): App {
  const apps = readApps(appsFile);
  const app = apps.get(name);
  if (app) return app;
  throw new CommandError(
    `${appsFile} has no app ${name}: there are ${[...apps.keys()].join(', ')}`,
  );
}

function nameOf(of: ResetOf): string {
  if (of === 'all-devices') return 'all devices';
  if (of === 'all-keys') return 'all identities';
  return 'device' in of ? 'one device' : 'one identity';
}

async function scheduled(flags: ScheduleFlags): Promise<void> {
  const { app, mvpd, at, timeZone, promotional, list, remove } = flags;
  if (list && remove) throw new CommandError('--list or --remove? give one of them');
  checkMvpd(mvpd);
  const { client: temporal, namespace } = await connectClient();
  try {
    const taskQueue = process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass';
    const resets = createTempPassResets(temporal, taskQueue);
    if (list) {
      process.stdout.write(textOf(await resets.list()));
      return;
    }
    if (app === undefined || mvpd === undefined) {
      throw new CommandError('what is to be reset? give --app and --mvpd');
    }
    if (remove) {
      const was = await resets.remove({ app, mvpd });
      process.stdout.write(was ? `removed: ${mvpd} of ${app}\n` : 'there is no such schedule\n');
      return;
    }
    if (at === undefined || timeZone === undefined) {
      throw new CommandError('when? give --at and --time-zone, as 00:00 and America/New_York');
    }
    const wanted = { app, mvpd, at, timeZone, ...(promotional ? { promotional } : {}) };
    const { scheduleId } = await resets.schedule(wanted);
    process.stdout.write(`scheduled ${scheduleId}: each day at ${at}, ${timeZone}\n`);
  } catch (error) {
    throw noSuchNamespace(error, namespace) ?? error;
  } finally {
    await temporal.connection.close();
  }
}

function textOf(resets: readonly ScheduledReset[]): string {
  if (resets.length === 0) return 'nothing is scheduled\n';
  return resets
    .map(({ app, mvpd, at, timeZone, promotional, next, isPaused }) => {
      const when = isPaused ? 'paused' : `next ${next?.toISOString() ?? 'not known yet'}`;
      const of = promotional ? 'all identities' : 'all devices';
      return `${app} ${mvpd}: ${of}, each day at ${at}, ${timeZone} (${when})\n`;
    })
    .join('');
}
