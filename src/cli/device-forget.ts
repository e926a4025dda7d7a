import type { Command } from 'commander';
import { connect, type Forgotten, KeyRing, readUserMetadataKeys } from '../client.ts';
import { ConfigError } from '../config.ts';
import { connectClient } from '../temporal/connect-client.ts';
import { wantedDevice } from './device-named.ts';
import { addSettingsHelp } from './settings-help.ts';

interface ForgetFlags {
  logout: boolean;
  imsOrg?: string;
  action: string;
  regulation: string;
  withoutRequest: boolean;
}

/** Forgets a device, for a privacy request: what Adobe is to be told goes to standard output. */
export function addForget(device: Command): void {
  const command = device
    .command('forget <app> [id]')
    .description(
      "signs a device out, deletes all that Temporal keeps of it, prints a request for Adobe's Privacy Service",
    )
    .option('--logout', 'signs out at Adobe too', false)
    .option('--ims-org <id>', 'your organisation, as 1234567890@AdobeOrg, for the request')
    .option('--action <list>', 'what the Privacy Service is asked for: access, delete', 'delete')
    .option('--regulation <law>', 'by which law, as the Privacy Service names it', 'gdpr')
    .option(
      '--without-request',
      'forgets a viewer too whose userID no key opens, of whom Adobe can be told nothing then',
      false,
    )
    .addHelpText(
      'after',
      '\nThe request can be made while somebody is signed in only. It is personal data, and kept nowhere:\nsend it to a file. Temporal takes half a minute to delete what has just ended. Exit code 1 where\nsomething is left after two, or could not be deleted: ask again, with the request in a safe place.',
    )
    .action(async (first: string, second: string | undefined, flags: ForgetFlags) => {
      const { app, id } = wantedDevice(first, second);
      const forgotten = await forget({ app, id }, flags);
      if (forgotten.privacyRequest) {
        process.stdout.write(`${JSON.stringify(forgotten.privacyRequest, undefined, 2)}\n`);
      }
      process.stderr.write(notesOn(forgotten));
      if (forgotten.problem || forgotten.runs.pending > 0) process.exitCode = 1;
    });
  addSettingsHelp(command, [
    'DEVICEPASS_KEYS',
    'DEVICEPASS_TASK_QUEUE',
    'DEVICEPASS_USER_METADATA',
    'TEMPORAL_ADDRESS',
  ]);
}

async function forget(
  device: { app: string; id: string },
  { logout, imsOrg, action, regulation, withoutRequest }: ForgetFlags,
): Promise<Forgotten> {
  const keys = keysOf(process.env);
  const userMetadata = readUserMetadataKeys(process.env);
  const { client: temporal } = await connectClient();
  try {
    const taskQueue = process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass';
    const pass = await connect({ keys, temporal, taskQueue, userMetadata });
    try {
      return await pass.forget(device, {
        logout,
        untilDeleted: true,
        withoutRequest,
        // What is none is refused by the client, with one line.
        actions: action.split(',').map((each) => each.trim()) as ('access' | 'delete')[],
        regulation,
        ...(imsOrg === undefined ? {} : { imsOrgId: imsOrg }),
      });
    } finally {
      await pass.close();
    }
  } finally {
    await temporal.connection.close();
  }
}

function keysOf({ DEVICEPASS_KEYS: text }: NodeJS.ProcessEnv): KeyRing {
  if (text) return KeyRing.parse(text, 'DEVICEPASS_KEYS');
  throw new ConfigError(
    "DEVICEPASS_KEYS is not set: give the workers' key ring, for the viewer's id is sealed with it",
  );
}

function notesOn({ privacyRequest, noPrivacyRequest, logout, runs, problem }: Forgotten): string {
  const lines = [
    privacyRequest
      ? 'Above is the request for the Privacy Service.' +
        (privacyRequest.companyContexts ? '' : ' Add companyContexts, or give --ims-org.')
      : `No request for the Privacy Service: ${noPrivacyRequest ?? 'nobody was signed in'}.`,
    ...(logout?.problem
      ? [`Adobe could not be told of the logout: ${logout.problem.code}, ${logout.problem.message}`]
      : []),
    ...(logout?.actions ?? []).flatMap(({ mvpd, url }) =>
      url ? [`${mvpd} wants a browser to open ${url}`] : [],
    ),
    problem ? `Not all was deleted from Temporal: ${problem.message}` : noteOn(runs),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function noteOn({ deleted, pending }: Forgotten['runs']): string {
  if (deleted === 0 && pending === 0) return 'Temporal knows nothing of this device.';
  const notYet = pending > 0 ? `, ${pending} not yet: ask again` : '';
  return `${deleted} ${deleted === 1 ? 'history' : 'histories'} deleted from Temporal${notYet}.`;
}
