import { type Command, Option } from 'commander';
import { KeyRing } from '../sealing/index.ts';
import { CommandError } from './fail.ts';

interface PrintFlags {
  bare: boolean;
}

interface RotateFlags extends PrintFlags {
  step: 'add' | 'use';
  key?: string;
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('the key ring that seals what crosses Temporal');

  keys
    .command('generate')
    .description('prints a new key ring')
    .addOption(
      new Option('--for <variable>', 'which setting it is for')
        .choices(['DEVICEPASS_KEYS', 'AEM_HOST_KEYS'])
        .default('DEVICEPASS_KEYS'),
    )
    .option(...BARE)
    .action((flags: { for: string; bare: boolean }) => print(KeyRing.generate(), flags));

  keys
    .command('rotate')
    .description('reads DEVICEPASS_KEYS and prints the next ring')
    .addOption(
      new Option('--step <step>', '`add` a key that only opens, then `use` it to seal')
        .choices(['add', 'use'])
        .default('add'),
    )
    .option(...BARE)
    .option('--key <id>', 'which key to use, where the ids do not tell which is the newest')
    .addHelpText('after', BETWEEN_STEPS)
    .action((flags: RotateFlags) => {
      if (flags.step === 'add') add(givenRing(), flags);
      else use(givenRing(), flags);
    });

  keys
    .command('retire <id>')
    .description('reads DEVICEPASS_KEYS and prints the ring without an old key')
    .option(...BARE)
    .addHelpText('after', WHEN_TO_RETIRE)
    .action((id: string, flags: PrintFlags) => retire(givenRing(), id, flags));
}

const BARE = ['--bare', 'the ring alone, without the name of the setting', false] as const;

const BETWEEN_STEPS = `
Between the steps the ring must reach every worker, gateway and client: one that lacks the new key
can't open what the others seal with it. Keep the old keys: see \`devicepass keys retire --help\`.`;

const WHEN_TO_RETIRE = `
An old key may go when no running workflow holds a value sealed with it. A device's credentials are
sealed anew when it next asks Adobe for an access token, so a device that stays idle keeps the old
key. Whoever still needs a retired key has to sign in again, or gets it back: keep a copy.`;

function givenRing(): KeyRing {
  return KeyRing.parse(process.env['DEVICEPASS_KEYS'] ?? '', 'DEVICEPASS_KEYS');
}

function add(ring: KeyRing, flags: PrintFlags): void {
  print(ring.withNewKey(), flags);
  tell(
    'Give this ring to every worker, gateway and client. When all of them run with it: devicepass keys rotate --step use',
  );
}

function use(ring: KeyRing, { key, bare }: RotateFlags): void {
  if (ring.ids.length < 2) {
    throw new CommandError('there is one key only: run `devicepass keys rotate` first');
  }
  const id = key === undefined ? ring.newestKey?.id : inRing(ring, key);
  if (id === undefined) {
    throw new CommandError(
      `the ids do not tell which key is the newest: add --key with one of ${ring.ids.join(', ')}`,
    );
  }
  print(ring.withFirst(id), { bare });
  tell(
    id === ring.sealingKey.id
      ? `Key ${id} is already in use: the ring is unchanged.`
      : `Key ${id} seals with this ring: give it to every worker, gateway and client. Keep the others: running workflows hold values sealed with them.`,
  );
}

function retire(ring: KeyRing, id: string, flags: PrintFlags): void {
  if (inRing(ring, id) === ring.sealingKey.id) {
    throw new CommandError(`key ${id} seals: use another first (devicepass keys rotate)`);
  }
  print(ring.without(id), flags);
  tell(`Without key ${id}: what is still sealed with it opens no more. Keep a copy of the key.`);
}

function inRing(ring: KeyRing, id: string): string {
  if (ring.find(id)) return id;
  throw new CommandError(`DEVICEPASS_KEYS has no key ${id}: it has ${ring.ids.join(', ')}`);
}

/** As a line of `.env`, in the form of `gateway keys`. */
function print(ring: KeyRing, flags: PrintFlags & { for?: string }): void {
  const name = flags.bare ? '' : `${flags.for ?? 'DEVICEPASS_KEYS'}=`;
  process.stdout.write(`${name}${ring.export()}\n`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
