import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdobePass } from '../../src/adobe-pass/index.ts';
import type { AdobePass, AdobePassOptions, StreamingDevice } from '../../src/adobe-pass/index.ts';

export interface Received {
  method: string;
  url: string;
  headers: Record<string, string>;
  rawHeaders: string[];
  body: string;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** A string is sent as it is, everything else as JSON. */
  body?: unknown;
  delayMs?: number;
}

export type Answerer = (request: Received, count: number) => Reply | 'hang' | 'reset';

export interface Recorder {
  url: string;
  port: number;
  received: Received[];
  server: Server;
  answer: Answerer;
}

const running: Recorder[] = [];
const clients: AdobePass[] = [];

/** Starts a server that records what it gets and answers as told. Ended by `cleanUp`. */
export async function recorder(answer: Answerer, host = '127.0.0.1', port = 0): Promise<Recorder> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void respond(request, response, received, (each, count) => recording.answer(each, count));
  });
  const recording: Recorder = { url: '', port: 0, received, server, answer };
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  recording.port = (server.address() as AddressInfo).port;
  recording.url = `http://${host}:${recording.port}`;
  running.push(recording);
  return recording;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  received: Received[],
  answer: Answerer,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const each: Received = {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers as Record<string, string>,
    rawHeaders: request.rawHeaders,
    body: Buffer.concat(chunks).toString('utf8'),
  };
  received.push(each);
  const reply = answer(each, received.length);
  if (reply === 'hang') return;
  if (reply === 'reset') {
    request.socket.destroy();
    return;
  }
  if (reply.delayMs) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
  response.writeHead(reply.status ?? 200, {
    'content-type': 'application/json;charset=UTF-8',
    ...reply.headers,
  });
  response.end(text);
}

/** A client of the given server; unthrottled unless asked otherwise. Closed by `cleanUp`. */
export function clientOf(
  server: { url: string },
  options: Partial<AdobePassOptions> = {},
): AdobePass {
  const client = createAdobePass({ baseUrl: server.url, throttle: false, ...options });
  clients.push(client);
  return client;
}

/** Ends what a test started; for `afterEach`. */
export function cleanUp(): void {
  for (const client of clients.splice(0)) client.close();
  for (const { server } of running.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

export const device: StreamingDevice = {
  identifier: 'b2c1f0a94e5d',
  facts: {
    primaryHardwareType: 'SetTopBox',
    model: 'LivingRoomBox',
    version: 'lrb-2',
    osName: 'Linux',
    osVersion: '6.1',
    connectionType: 'LAN',
  },
  ip: '203.0.113.7',
  port: 51234,
  userAgent: 'LivingRoomBox/2 (Linux)',
};

export const base = { accessToken: 'token-of-this-test', serviceProvider: 'DEMO', device };
