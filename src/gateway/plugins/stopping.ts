import type { Socket } from 'node:net';
import type { Http } from '../context.ts';

/**
 * Lets the gateway stop. Node waits for every connection that is not idle, and one on which nothing
 * was ever sent does not count as idle; nor does it look at time limits any more.
 *
 * @param requestTimeoutMs - how long one request may take to arrive
 */
export function endConnectionsOnStop(app: Http, requestTimeoutMs: number): void {
  const open = new Set<Socket>();
  app.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  app.addHook('preClose', async () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => app.server.closeAllConnections(), requestTimeoutMs).unref();
  });
}
