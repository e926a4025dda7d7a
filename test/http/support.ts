import { generateKeyPairSync } from 'node:crypto';
import { createServer as createPlain } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTls } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createHttp } from '../../src/http/index.ts';
import type { Http, HttpOptions } from '../../src/http/index.ts';
import { selfSignedCertificate } from '../../src/sandbox/ims/index.ts';

const toClose: (() => void)[] = [];

/** Ends everything that the test started. */
export function cleanUp(): void {
  for (const close of toClose.splice(0)) close();
}

export function client(options: HttpOptions = {}): Http {
  const http = createHttp(options);
  toClose.push(() => http.close());
  return http;
}

async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  toClose.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A plain server. */
export async function serving(
  listener: RequestListener,
  host = '127.0.0.1',
  wanted = 0,
): Promise<{ url: URL; port: number }> {
  const port = await listen(createPlain(listener), host, wanted);
  return { url: new URL(`http://${host}:${port}/`), port };
}

/** A key and a certificate for 127.0.0.1 that no known authority signed. */
export function privateCertificate(): { cert: string; key: string } {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Date.now();
  const cert = selfSignedCertificate({
    ...pair,
    commonName: 'a private authority',
    notBefore: now - 86_400_000,
    notAfter: now + 86_400_000,
    addresses: ['127.0.0.1'],
  });
  return { cert, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A server with such a certificate. */
export async function servingTls(
  listener: RequestListener,
): Promise<{ url: URL; port: number; cert: string }> {
  const { cert, key } = privateCertificate();
  const port = await listen(createTls({ cert, key }, listener));
  return { url: new URL(`https://127.0.0.1:${port}/`), port, cert };
}

export interface ForwardProxy {
  url: string;
  port: number;
  /** Targets asked for. */
  asked: string[];
}

/** A forward proxy; `answer` undefined opens the tunnel, a status refuses it, `hang` says nothing. */
export async function proxying(
  answer: (authorization: string | undefined) => number | 'hang' | 'reset' | undefined = () =>
    undefined,
): Promise<ForwardProxy> {
  const asked: string[] = [];
  const server = createPlain((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    socket.on('error', () => {});
    const said = answer(request.headers['proxy-authorization']);
    if (said === 'hang') return;
    if (said === 'reset') return void socket.resetAndDestroy();
    if (said !== undefined) return void socket.end(`HTTP/1.1 ${said} No\r\n\r\n`);
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port, asked };
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createPlain();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
