import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';

/**
 * Makes sure that no other agent works on the same folder: a socket, which a killed process gives
 * up by dying, unlike a file with its number.
 *
 * @throws ConfigError when there is one
 */
export async function onlyOne(folder: string): Promise<{ release: () => Promise<void> }> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `devicepass-agent-${name}.sock`);
  const taken = () =>
    new ConfigError(`another agent works on ${folder} already: stop that one first`);
  for (const last of [false, true]) {
    const server = createServer((socket) => socket.destroy());
    try {
      server.listen(path);
      await once(server, 'listening');
      server.unref();
      return {
        release: async () => {
          server.close();
          await once(server, 'close');
        },
      };
    } catch (error) {
      const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!inUse) throw error;
      if (last || (await answers(path))) throw taken();
      // Left behind by an agent that was killed.
      await rm(path, { force: true });
    }
  }
  throw taken();
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
