import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import {
  type CertificateStatus,
  certificateStatuses,
  type OwnedKeys,
  openedWith,
  readUserMetadataKeys,
  type Scheme,
  SCHEMES,
  shapeOf,
  type UserMetadataKeys,
} from '../user-metadata/index.ts';
import { CommandError } from './fail.ts';
import { addSettingsHelp } from './settings-help.ts';

export function addMetadata(program: Command): void {
  const metadata = program
    .command('metadata')
    .description('certificates and keys for encrypted user metadata');

  const certificates = metadata
    .command('certificates')
    .description('lists them with what is wrong; exit code 1 where something is, or one has ended')
    .option('--json', 'one line of JSON', false)
    .action(({ json }: { json: boolean }) => {
      const found = certificateStatuses(keysOf(process.env).all().owned, Date.now());
      process.stdout.write(json ? `${JSON.stringify(found)}\n` : textOf(found));
      if (found.some((one) => one.problems.length > 0 || hasEnded(one))) process.exitCode = 1;
    });

  const trial = metadata
    .command('try')
    .description('tells which key and scheme open an encrypted attribute, given on standard input')
    .option('--show', 'the text too: it is personal data', false)
    .action(async ({ show }: { show: boolean }) => {
      const { owned } = keysOf(process.env).all();
      const opened = await openers(owned, await text(process.stdin));
      const lines = opened.map(
        ({ owner, file, scheme, clear }) =>
          `${scheme} with ${file} of ${owner}${show ? `: ${JSON.stringify(clear)}` : ''}\n`,
      );
      process.stdout.write(lines.join(''));
    });

  for (const command of [certificates, trial]) {
    addSettingsHelp(command, ['DEVICEPASS_USER_METADATA']);
  }
}

function keysOf(env: NodeJS.ProcessEnv): UserMetadataKeys {
  const keys = readUserMetadataKeys(env);
  if (keys) return keys;
  throw new CommandError(
    'DEVICEPASS_USER_METADATA is not set: give the file of certificates and keys (docs/user-metadata.md)',
  );
}

interface Opener {
  owner: string;
  file: string;
  scheme: Scheme;
  clear: string;
}

/** Whatever opens it, for the documents don't tell. @throws CommandError where nothing does */
async function openers(owned: readonly OwnedKeys[], value: string): Promise<Opener[]> {
  const shape = shapeOf(value);
  if (shape.kind === 'other') {
    throw new CommandError(
      'standard input is neither a JWE nor a block of RSA in Base64: give the `value` of one attribute with state enc',
    );
  }
  const schemes = SCHEMES.filter((scheme) => (scheme === 'jwe') === (shape.kind === 'jwe'));
  const found: Opener[] = [];
  let tried = 0;
  for (const { owner, pairs } of owned) {
    for (const { privateKey, certificateFile: file } of pairs) {
      if (!privateKey) continue;
      tried += 1;
      for (const scheme of schemes) {
        const clear = await openedWith(scheme, privateKey, shape);
        if (clear !== undefined) found.push({ owner, file, scheme, clear });
      }
    }
  }
  if (found.length > 0) return found;
  throw new CommandError(
    `none of ${tried} keys opens it by ${schemes.join(', ')}: compare the certificates with those in the TVE Dashboard`,
  );
}

function hasEnded({ daysLeft, retired }: CertificateStatus): boolean {
  return daysLeft !== undefined && daysLeft < 0 && !retired;
}

function textOf(statuses: readonly CertificateStatus[]): string {
  return statuses.map((status) => `${lines(status).join('\n')}\n`).join('');
}

function lines(status: CertificateStatus): string[] {
  const { owner, certificateFile, scheme, hasPrivateKey, notAfter, daysLeft = 0 } = status;
  const day = notAfter === undefined ? 'unknown' : new Date(notAfter).toISOString().slice(0, 10);
  const left = daysLeft < 0 ? 'has ended' : `${daysLeft} days`;
  const marks = [
    ...(status.retired ? ['retired'] : []),
    hasPrivateKey ? 'with its key' : 'no key here',
  ];
  return [
    `${certificateFile} of ${owner}: ${scheme}, until ${day}${notAfter === undefined ? '' : ` (${left})`}, ${marks.join(', ')}`,
    ...(status.fingerprint === undefined ? [] : [`  SHA-256 ${status.fingerprint}`]),
    ...status.problems.map((problem) => `  ${problem}`),
  ];
}
