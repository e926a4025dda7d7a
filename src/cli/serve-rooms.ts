import { once } from 'node:events';
import { createServer } from 'node:http';
import { isForPeople } from './fail.ts';

/** Answers `GET /` with what is found out anew each time; 503 where it can't be. */
export async function serveRooms({
  host,
  port,
  look,
}: {
  host: string;
  port: number;
  look: () => Promise<unknown>;
}): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const { status, body } = await answer(request.method, request.url, look);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(body)}\n`);
    })();
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const listening = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}/`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  method: string | undefined,
  path: string | undefined,
  look: () => Promise<unknown>,
): Promise<{ status: number; body: unknown }> {
  if (method !== 'GET' || path !== '/') return { status: 404, body: { error: 'use GET /' } };
  try {
    return { status: 200, body: await look() };
  } catch (error) {
    const told = error instanceof Error && isForPeople(error);
    const message = told ? error.message : 'Temporal can not be asked';
    process.stderr.write(`devicepass: ${told ? message : String(error)}\n`);
    return { status: 503, body: { error: message } };
  }
}
