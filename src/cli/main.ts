import { Command } from 'commander';
import { failWith } from './fail.ts';
import { addApps } from './apps.ts';
import { addDemo } from './demo/index.ts';
import { addGateway } from './gateway.ts';
import { addKeys } from './keys.ts';
import { addSandbox } from './sandbox.ts';
import { addWorker } from './worker.ts';

const program = new Command('devicepass')
  .description('Keeps TV devices signed in with their pay-TV provider: Adobe Pass on Temporal')
  .showHelpAfterError('(devicepass --help tells more)');

addDemo(program);
addSandbox(program);
addWorker(program);
addGateway(program);
addApps(program);
addKeys(program);

try {
  await program.parseAsync();
} catch (error) {
  failWith(error);
}
