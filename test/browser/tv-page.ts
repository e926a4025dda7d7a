import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { fileURLToPath } from 'node:url';

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const IMPORTS = {
  eventsource: '/eventsource/dist/index.js',
  'eventsource-parser': '/eventsource-parser/dist/index.js',
  '@microsoft/fetch-event-source': '/@microsoft/fetch-event-source/lib/esm/index.js',
};

/**
 * How an app reads the stream, by name: with a header of its own, or by an address that needs none.
 * Each tells `told(event, id)`.
 */
const READERS = `
  import { EventSource as WithHeaders } from 'eventsource';
  import { fetchEventSource } from '@microsoft/fetch-event-source';
  window.told = [];
  const tell = ({ type, event = type, lastEventId, id = lastEventId }) => told.push({ event, id });
  const listen = (source) => {
    for (const name of ['code', 'signed-in']) source.addEventListener(name, tell);
  };
  window.read = {
    eventsource: (url, authorization) => listen(new WithHeaders(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
    })),
    '@microsoft/fetch-event-source': (url, authorization) => void fetchEventSource(url, {
      headers: { authorization, 'cache-control': 'no-cache' },
      openWhenHidden: true,
      onmessage: tell,
    }),
    'EventSource of the browser': (url) => listen(new EventSource(url)),
  };
`;
const PAGE = `<!doctype html><title>TV</title>
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">${READERS}</script>`;

/** A server of one's own, and what ends it. */
export interface Served {
  origin: string;
  close: () => Promise<void>;
}

/** An HTML5 TV app, at an origin that is not the gateway's. */
export async function serveTvPage(): Promise<Served> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://tv');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html').end(PAGE);
      return;
    }
    const file = pathname.endsWith('.js') ? pathname : `${pathname}.js`;
    readFile(MODULES + file).then(
      (text) => response.setHeader('content-type', 'text/javascript').end(text),
      () => response.writeHead(404).end(),
    );
  });
  return listening(server, () => server.closeAllConnections());
}

/** A network between app and gateway that can break. */
export async function openNetwork(to: number): Promise<Served & { breakDown: () => void }> {
  const open = new Set<Socket>();
  const server = createTcpServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => open.delete(socket));
      socket.pipe(other);
    }
  });
  const breakDown = () => {
    for (const socket of open) socket.destroy();
  };
  return { ...(await listening(server, breakDown)), breakDown };
}

async function listening(server: Server, hangUp: () => void): Promise<Served> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      hangUp();
      await closed;
    },
  };
}
