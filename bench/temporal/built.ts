import { execFile } from 'node:child_process';
import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The server that the figures in the documents were measured with. */
export const SERVER_VERSION = 'v1.31.2';

/** Temporal's production server and the tool that lays out its databases. */
export interface ServerPrograms {
  server: string;
  sqlTool: string;
}

/**
 * Found in the cache folder or on the PATH (`temporal-server`, `temporal-sql-tool`), or built with Go
 * into that folder, once.
 */
export async function serverPrograms(
  onProgress: (message: string) => void,
): Promise<ServerPrograms> {
  const folder = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'devicepass',
    `server-${SERVER_VERSION}`,
  );
  const found = async (built: string, packaged: string) =>
    (await onPath([folder], built)) ?? (await onPath(pathFolders(), packaged));
  const server = await found('server', 'temporal-server');
  const sqlTool = await found('sql', 'temporal-sql-tool');
  if (server !== undefined && sqlTool !== undefined) return { server, sqlTool };
  await build(folder, onProgress);
  return { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
}

async function build(folder: string, onProgress: (message: string) => void): Promise<void> {
  const modules = ['server', 'tools/sql'].map(
    (program) => `go.temporal.io/server/cmd/${program}@${SERVER_VERSION}`,
  );
  onProgress(`building Temporal's server with Go, once: some minutes (${modules.join(', ')})`);
  const from = Date.now();
  const ticking = setInterval(
    () => onProgress(`still building, ${Math.round((Date.now() - from) / 1_000)} s so far`),
    30_000,
  );
  try {
    await mkdir(folder, { recursive: true });
    for (const module of modules) {
      await promisify(execFile)('go', ['install', module], {
        env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
        maxBuffer: 64 * 1024 * 1024,
      });
    }
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Error(
      `no Temporal server for --server postgres: put temporal-server and temporal-sql-tool on the PATH; ${
        missing ? 'there is no Go to build them with' : '`go install` failed'
      }`,
      { cause: error },
    );
  } finally {
    clearInterval(ticking);
  }
}

/** PostgreSQL's `initdb` and `postgres`: on the PATH, or where Debian keeps them, newest first. */
export async function postgresPrograms(): Promise<{ initdb: string; postgres: string }> {
  const debian = '/usr/lib/postgresql';
  const versions = await readdir(debian).catch(() => []);
  const newestFirst = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, 'bin'));
  const folders = [...pathFolders(), ...newestFirst];
  const [initdb, postgres] = [await onPath(folders, 'initdb'), await onPath(folders, 'postgres')];
  if (initdb === undefined || postgres === undefined) {
    throw new Error(
      'no PostgreSQL for --server postgres: install it (Debian: postgresql), or put initdb and postgres on the PATH',
    );
  }
  return { initdb, postgres };
}

function pathFolders(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
}

async function onPath(folders: readonly string[], program: string): Promise<string | undefined> {
  for (const folder of folders) {
    const file = join(folder, program);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return undefined;
}
