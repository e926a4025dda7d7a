import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { failWith } from './fail.ts';
import { addAem } from './aem.ts';
import { addAgent } from './agent.ts';
import { addApps } from './apps.ts';
import { addDemo } from './demo/index.ts';
import { addDemoFarm } from './demo-farm/index.ts';
import { addDevice } from './device.ts';
import { addGateway } from './gateway.ts';
import { addKeys } from './keys.ts';
import { addSandbox } from './sandbox.ts';
import { endWithNpm } from './under-npm.ts';
import { addWorker } from './worker.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const program = new Command('devicepass')
  .description('Keeps TV devices signed in with their pay-TV provider: Adobe Pass on Temporal')
  .version(version, '-v, --version');

// The same file that compose reads. The demo and the sandbox stand for themselves.
const WITHOUT_ENV_FILE = ['demo', 'farm', 'sandbox'];
program.hook('preAction', (_program, command) => {
  if (existsSync('.env') && !WITHOUT_ENV_FILE.includes(command.name())) process.loadEnvFile('.env');
});

addDemo(program);
addDemoFarm(program);
addSandbox(program);
addWorker(program);
addGateway(program);
addAgent(program);
addAem(program);
addDevice(program);
addApps(program);
addKeys(program);

pointAtTheirHelp(program, 'devicepass');
endWithNpm();
try {
  await program.parseAsync();
} catch (error) {
  failWith(error);
}

/** Whoever got a command wrong wants to read about that command. */
function pointAtTheirHelp(command: Command, called: string): void {
  command.showHelpAfterError(`(${called} --help tells more)`);
  for (const below of command.commands) pointAtTheirHelp(below, `${called} ${below.name()}`);
}
