import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CommandError } from './fail.ts';

/**
 * The address behind `--host`, once it is known that this machine can listen there: better now than
 * when half of a demo runs. Brackets, as in a URL, may stand around it.
 *
 * @throws CommandError
 */
export async function ownAddress(host: string): Promise<string> {
  const server = createServer();
  try {
    server.listen(0, host.replace(/^\[(.*)\]$/, '$1'));
    await once(server, 'listening');
    const listening = server.address();
    if (typeof listening !== 'object' || listening === null) throw new Error('no address');
    return listening.address;
  } catch {
    throw new CommandError(`--host is ${host}: give an address of this machine`);
  } finally {
    server.close();
  }
}

/** What browsers of others can go to, where a server listens on every interface of this machine. */
export function forBrowsers(address: string): string {
  if (address !== '0.0.0.0' && address !== '::') return address;
  const family = address === '::' ? 'IPv6' : 'IPv4';
  const found = Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .find((one) => one.family === family && !one.internal && !one.address.startsWith('fe80:'));
  return found?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
