import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { failWith } from './fail.ts';
import { endWithNpm } from './under-npm.ts';

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

type Add = (to: Command) => void;

/** In the order of the help. Loading them all takes a second: a command that is named comes alone. */
const COMMANDS = new Map<string, () => Promise<Add[]>>(
  Object.entries({
    demo: async () => [
      (await import('./demo/index.ts')).addDemo,
      (await import('./demo-farm/index.ts')).addDemoFarm,
    ],
    sandbox: async () => [(await import('./sandbox.ts')).addSandbox],
    worker: async () => [(await import('./worker.ts')).addWorker],
    gateway: async () => [(await import('./gateway.ts')).addGateway],
    agent: async () => [(await import('./agent.ts')).addAgent],
    aem: async () => [(await import('./aem.ts')).addAem],
    device: async () => [(await import('./device.ts')).addDevice],
    temppass: async () => [(await import('./temppass.ts')).addTempPass],
    rooms: async () => [(await import('./rooms.ts')).addRooms],
    apps: async () => [(await import('./apps.ts')).addApps],
    metadata: async () => [(await import('./metadata.ts')).addMetadata],
    'service-token': async () => [(await import('./service-token.ts')).addServiceToken],
    keys: async () => [(await import('./keys.ts')).addKeys],
  }),
);

const named = COMMANDS.get(process.argv[2] ?? '');
for (const load of named ? [named] : COMMANDS.values()) {
  for (const add of await load()) add(program);
}

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
