import { type Command, Option } from 'commander';
import { KeyRing } from '../sealing/index.ts';
import { CommandError } from './fail.ts';

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('the key ring that seals what crosses Temporal');

  keys
    .command('generate')
    .description('prints a new key ring for DEVICEPASS_KEYS')
    .action(() => {
      process.stdout.write(`${KeyRing.generate().export()}\n`);
    });

  keys
    .command('rotate')
    .description('reads DEVICEPASS_KEYS and prints the next ring')
    .addOption(
      new Option('--step <step>', '`add` a key that only opens, then `use` it to seal')
        .choices(['add', 'use'])
        .default('add'),
    )
    .action(({ step }: { step: 'add' | 'use' }) => {
      const ring = KeyRing.parse(process.env['DEVICEPASS_KEYS'] ?? '');
      if (step === 'use' && ring.ids.length < 2) {
        throw new CommandError('there is one key only: run `devicepass keys rotate` first');
      }
      const next = step === 'add' ? ring.withNewKey() : ring.withLastKeyFirst();
      process.stdout.write(`${next.export()}\n`);
      process.stderr.write(
        step === 'add'
          ? 'Give this ring to every worker and client, then run `devicepass keys rotate --step use`.\n'
          : `Key ${next.ids[0]} seals from now on. Keep the others: running workflows hold values sealed with them.\n`,
      );
    });
}
