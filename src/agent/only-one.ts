import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, realpath, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';

const SOCKET = 'agent.sock';

/**
 * Makes sure that no other agent works on the same folder: a socket in it, however either of them
 * spells the folder. A killed process gives a socket up by dying, unlike a file with its number.
 *
 * @throws ConfigError when there is one, or the folder can't be written
 */
export async function onlyOne(folder: string): Promise<{ release: () => Promise<void> }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await hold(folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new ConfigError(
      `${folder} can't be written (${String(error.code)}): check AEM_HOST_BACKUP_DIR and who owns it`,
    );
  }
}

async function hold(folder: string): Promise<{ release: () => Promise<void> }> {
  const taken = () =>
    new ConfigError(`another agent works on ${folder} already: stop that one first`);
  return throughAlias(folder, async (alias) => {
    const path = join(alias, SOCKET);
    for (const last of [false, true]) {
      const server = createServer((socket) => socket.destroy());
      try {
        server.listen(path);
        await once(server, 'listening');
        server.unref();
        return { release: async () => release(server, folder) };
      } catch (error) {
        const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
        if (!inUse) throw error;
        if (last || (await answers(path))) throw taken();
        // Left behind by an agent that was killed.
        await rm(path, { force: true });
      }
    }
    throw taken();
  });
}

/** Before the server ends, or it could be the socket of the next agent that goes. */
async function release(server: Server, folder: string): Promise<void> {
  await rm(join(folder, SOCKET), { force: true });
  server.close();
  await once(server, 'close');
}

/** The path of a socket has some 100 bytes at most, that of a folder many more. */
async function throughAlias<T>(folder: string, work: (alias: string) => Promise<T>): Promise<T> {
  const alias = join(tmpdir(), `devicepass-${randomBytes(6).toString('hex')}`);
  await symlink(await realpath(folder), alias);
  try {
    return await work(alias);
  } finally {
    await rm(alias, { force: true });
  }
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
