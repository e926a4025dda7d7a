import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** The CLI that carries the development server; the version that the tests ran with. */
const CLI_VERSION = 'v1.5.1';
const CLI_MODULE = `github.com/temporalio/cli/cmd/temporal@${CLI_VERSION}`;

/** A server of one process need not wait half a minute before it deletes a run that has ended. */
const DELETING_AT_ONCE = ['transfer', 'visibility'].flatMap((queue) => [
  '--dynamic-config-value',
  `history.${queue}ProcessorEnsureCloseBeforeDelete=false`,
]);

export interface TemporalServer {
  address: string;
  /** The Temporal UI, where this server has one. */
  uiUrl?: string;
  /** Kills the process without a chance to tidy up, as a crash would. Only for one of our own. */
  kill?: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface TemporalServerOptions {
  ui?: boolean;
  /** Keeps everything in this file, so that a restarted server goes on where the old one was. */
  dbFilename?: string;
  /** A fixed port, for a restart at the same address. */
  port?: number;
  /** Where its metrics can be read (Prometheus). */
  metricsPort?: number;
  /** Told of what takes long. */
  onProgress?: (message: string) => void;
}

/** There is no Temporal server and none can be had. The message is one line that says what to do. */
export class NoTemporalServerError extends Error {
  override name = 'NoTemporalServerError';
}

/**
 * A Temporal server for the demo and for tests, the first of: `TEMPORAL_ADDRESS`; `temporal` on the
 * PATH or built earlier; the SDK's own download; a build with Go into a cache folder, once.
 *
 * @throws NoTemporalServerError
 */
export async function startTemporal(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  const address = process.env['TEMPORAL_ADDRESS'];
  if (address) return { address, stop: async () => {} };
  const executable = await findExecutable();
  if (executable) return spawnServer(executable, options);
  return (await download(options)) ?? spawnServer(await build(options), options);
}

/** Where a build with Go is kept, outside `node_modules`. */
function cacheFolder(): string {
  return join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'devicepass',
    CLI_VERSION,
  );
}

async function findExecutable(): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), cacheFolder()];
  for (const folder of folders.filter(Boolean)) {
    const file = join(folder, 'temporal');
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  return undefined;
}

async function download({
  ui,
  dbFilename,
  port,
  metricsPort,
  onProgress,
}: TemporalServerOptions): Promise<TemporalServer | undefined> {
  onProgress?.('fetching the Temporal development server');
  const uiPort = ui ? await freePort() : undefined;
  try {
    const environment = await TestWorkflowEnvironment.createLocal({
      server: {
        ...(uiPort === undefined ? {} : { ui: true, uiPort }),
        ...(dbFilename === undefined ? {} : { dbFilename }),
        ...(port === undefined ? {} : { port }),
        extraArgs: [
          ...DELETING_AT_ONCE,
          ...(metricsPort === undefined ? [] : ['--metrics-port', String(metricsPort)]),
        ],
      },
    });
    return {
      address: environment.address,
      ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
      stop: () => environment.teardown(),
    };
  } catch {
    return undefined;
  }
}

async function build({ onProgress }: TemporalServerOptions): Promise<string> {
  const folder = cacheFolder();
  onProgress?.(`building the Temporal server with Go, once: about 2.5 minutes (${CLI_MODULE})`);
  const started = Date.now();
  const ticking = setInterval(() => {
    onProgress?.(`still building, ${Math.round((Date.now() - started) / 1000)} s so far`);
  }, 15_000);
  try {
    await mkdir(folder, { recursive: true });
    await promisify(execFile)('go', ['install', CLI_MODULE], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return join(folder, 'temporal');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new NoTemporalServerError(
      `no Temporal server: set TEMPORAL_ADDRESS, or put \`temporal\` on the PATH; it could not be downloaded, and ${
        missing ? 'there is no Go to build it with' : '`go install` failed'
      }`,
    );
  } finally {
    clearInterval(ticking);
  }
}

async function spawnServer(
  executable: string,
  { ui, dbFilename, port, metricsPort }: TemporalServerOptions,
): Promise<TemporalServer> {
  const grpcPort = port ?? (await freePort());
  const uiPort = ui ? await freePort() : undefined;
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(grpcPort),
    '--log-level',
    'never',
  ];
  args.push(...DELETING_AT_ONCE);
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  if (dbFilename !== undefined) args.push('--db-filename', dbFilename);
  if (metricsPort !== undefined) args.push('--metrics-port', String(metricsPort));
  const child = spawn(executable, args, { stdio: 'ignore' });
  const address = `127.0.0.1:${grpcPort}`;
  const leave = () => child.kill('SIGKILL');
  process.once('exit', leave);
  const end = async (signal: NodeJS.Signals) => {
    process.off('exit', leave);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  await untilReady(child, address).catch(async (error: unknown) => {
    await end('SIGKILL');
    throw error;
  });
  return {
    address,
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

async function untilReady(child: ChildProcess, address: string): Promise<void> {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) break;
    try {
      const connection = await Connection.connect({ address, connectTimeout: '1 s' });
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        return;
      } finally {
        await connection.close();
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new NoTemporalServerError(`the Temporal server at ${address} did not come up`);
}

/** A TCP port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}
