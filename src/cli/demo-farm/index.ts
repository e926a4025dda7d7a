import type { Command } from 'commander';
import { playFarm } from './play.ts';

/** `devicepass demo farm`, below the demo of a TV. */
export function addDemoFarm(program: Command): void {
  const demo = program.commands.find((command) => command.name() === 'demo');
  if (!demo) throw new Error('the demo comes first');
  demo
    .command('farm')
    .description(
      'three AEM instances get one pair of keys; then one goes, and nobody is signed out',
    )
    .action(async () => {
      await playFarm();
      // The SDK's native threads may outlive the last worker; everything of ours has ended.
      process.exit(0);
    });
}
