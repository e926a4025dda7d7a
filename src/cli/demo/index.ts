import type { Command } from 'commander';
import { CommandError } from '../fail.ts';
import { flowsHelp } from './flows/index.ts';
import { type DemoOptions, playDemo } from './play.ts';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'everything on this machine: a TV gets a code, you sign in, it plays and signs out',
    )
    .option('--flow <name>', 'another story: one of the flows below', 'basic')
    .option('--once', 'plays the viewer too, and ends', false)
    .option('--json', 'with --once: one line of figures', false)
    .option(
      '--host <address>',
      'where browsers reach this machine, so that a phone can join',
      '127.0.0.1',
    )
    .option(
      '--statement',
      'prints a software statement, for a TV app of yours, and waits for Ctrl+C',
      false,
    )
    .option('--mvpd <id>', 'the provider, instead of choosing on the second screen')
    .option('--resource <id>', 'what to play; by default the service provider')
    .option('--username <name>', 'with --once: who signs in at the provider', 'viewer')
    .option('--password <word>', 'with --once: the password', 'demo')
    .addHelpText('after', flowsHelp)
    .action(async (options: DemoOptions) => {
      if (options.json && !options.once) {
        throw new CommandError('--json is for --once: give both, or neither');
      }
      await playDemo(options);
      // The SDK's native threads may outlive the last worker; everything of ours has ended.
      process.exit(0);
    });
}
