import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { chown, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { freePort } from '../../src/cli/temporal-server.ts';
import { actionsAt, type BenchTemporal } from './server.ts';
import { postgresPrograms, serverPrograms } from './built.ts';

const run = promisify(execFile);
/** As many as a cluster of some size has: each takes its own writes one after the other. */
const HISTORY_SHARDS = 512;
const USER = 'temporal';
/** A day: the least that there is. */
const RETENTION = msToTs(24 * 3_600_000);
const UP_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;
const DATABASES = [
  ['temporal', 'temporal'],
  ['temporal_visibility', 'visibility'],
] as const;

/** A system's account that may run PostgreSQL, which refuses to run as root. */
interface Account {
  uid: number;
  gid: number;
}

/**
 * Temporal's production server on PostgreSQL, all four services in one process, in a temporary folder
 * that is gone afterwards.
 */
export async function startOnPostgres(
  onProgress: (message: string) => void,
): Promise<BenchTemporal> {
  const programs = await serverPrograms(onProgress);
  const account = await unprivileged();
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-postgres-'));
  if (account) await chown(folder, account.uid, account.gid);
  const children: ChildProcess[] = [];
  const leave = () => {
    for (const child of children) child.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', leave);
  const stop = async () => {
    // The server before its database.
    for (const child of children.toReversed()) await ended(child);
    await rm(folder, { recursive: true, force: true });
    process.off('exit', leave);
  };
  try {
    const database = await startPostgres(folder, account);
    children.push(database.child);
    onProgress(`PostgreSQL runs at 127.0.0.1:${database.port}: laying out Temporal's databases`);
    await layOut(programs.sqlTool, database.port);
    const server = await startServer(programs.server, folder, database.port);
    children.push(server.child);
    await addNamespace(server.child, server.address);
    return {
      address: server.address,
      pids: { Temporal: server.child.pid, database: database.child.pid },
      database: `postgres://${USER}@127.0.0.1:${database.port}`,
      metricsUrl: server.metricsUrl,
      actions: async () => actionsAt(server.metricsUrl),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function unprivileged(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async (which) => Number((await run('id', [which, name])).stdout)),
      );
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // No such account here: the next one.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no account postgres or nobody');
}

async function startPostgres(
  folder: string,
  account: Account | undefined,
): Promise<{ child: ChildProcess; port: number }> {
  const { initdb, postgres } = await postgresPrograms();
  const data = join(folder, 'data');
  await run(initdb, ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--locale=C'], {
    ...account,
    cwd: folder,
  });
  const port = await freePort();
  const args = ['-D', data, '-k', folder, '-h', '127.0.0.1', '-p', String(port), '-N', '200'];
  const child = spawn(postgres, args, { ...account, cwd: folder, stdio: 'ignore' });
  return { child, port };
}

async function layOut(sqlTool: string, port: number): Promise<void> {
  const env = {
    ...process.env,
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: '127.0.0.1',
    SQL_PORT: String(port),
    SQL_USER: USER,
    SQL_PASSWORD: 'trusted',
  };
  const [first] = DATABASES[0];
  await untilDone(() => run(sqlTool, ['--db', first, 'create'], { env }));
  for (const [database, schema] of DATABASES) {
    const tool = async (...args: string[]) => run(sqlTool, ['--db', database, ...args], { env });
    if (database !== first) await tool('create');
    await tool('setup-schema', '--version', '0.0');
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

async function startServer(
  program: string,
  folder: string,
  port: number,
): Promise<{ child: ChildProcess; address: string; metricsUrl: string }> {
  const dynamicConfig = join(folder, 'dynamic.yaml');
  await writeFile(dynamicConfig, '{}\n');
  // The services of one server find each other by ports of their own.
  const [grpc, http, member, historyGrpc, historyMember, matchingGrpc, matchingMember] =
    await freePorts(7);
  const [workerGrpc, workerMember, metrics] = await freePorts(3);
  const log = await open(join(folder, 'server.log'), 'w');
  const child = spawn(program, ['start'], {
    cwd: folder,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...process.env,
      DB: 'postgres12',
      DB_PORT: String(port),
      POSTGRES_SEEDS: '127.0.0.1',
      POSTGRES_USER: USER,
      POSTGRES_PWD: 'trusted',
      NUM_HISTORY_SHARDS: String(HISTORY_SHARDS),
      BIND_ON_IP: '127.0.0.1',
      LOG_LEVEL: 'error',
      FRONTEND_GRPC_PORT: String(grpc),
      FRONTEND_HTTP_PORT: String(http),
      FRONTEND_MEMBERSHIP_PORT: String(member),
      HISTORY_GRPC_PORT: String(historyGrpc),
      HISTORY_MEMBERSHIP_PORT: String(historyMember),
      MATCHING_GRPC_PORT: String(matchingGrpc),
      MATCHING_MEMBERSHIP_PORT: String(matchingMember),
      WORKER_GRPC_PORT: String(workerGrpc),
      WORKER_MEMBERSHIP_PORT: String(workerMember),
      PROMETHEUS_ENDPOINT: `127.0.0.1:${metrics}`,
      DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
    },
  });
  await log.close();
  return {
    child,
    address: `127.0.0.1:${grpc}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
  };
}

/** Temporal's schema for PostgreSQL has smallint for ports, so none above this will do. */
const HIGHEST_PORT = 32_767;
const LOWEST_PORT = 15_000;

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = LOWEST_PORT + randomInt(HIGHEST_PORT - LOWEST_PORT);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** The namespace `default`, and waits until the server knows it, which it learns now and then. */
async function addNamespace(server: ChildProcess, address: string): Promise<void> {
  const namespace = 'default';
  const work = async () => {
    const connection = await Connection.connect({ address, connectTimeout: '1 s' });
    try {
      const service = connection.workflowService;
      await service
        .registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION })
        .catch((error: unknown) => {
          if (!String(error).includes('already')) throw error;
        });
      await service.listWorkflowExecutions({ namespace, query: '' });
    } finally {
      await connection.close();
    }
  };
  const gone = once(server, 'exit').then(() => {
    throw new Error("Temporal's server ended as soon as it started");
  });
  await Promise.race([untilDone(work), gone]);
}

/** Tries until it works, for what is still starting. */
async function untilDone(work: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + UP_WITHIN_MS;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(200);
    }
  }
}

/** At once: nothing of theirs is kept. PostgreSQL's children go with it on SIGQUIT, not on SIGKILL. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGQUIT');
  const killed = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await gone;
  clearTimeout(killed);
}
