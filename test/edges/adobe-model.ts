import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Operation } from '../../src/sandbox/index.ts';
import { edited, type Odd } from './odd-answers.ts';

/** One request of a device, and what it was answered. */
export interface Heard {
  at: number;
  operation: Operation;
  path: string;
  status: number;
}

/** What one device meets: odd answers in their turn, then none. */
export interface Script {
  odds: { odd: Odd; times: number }[];
  heard: Heard[];
}

/** Adobe as its documents allow it to be: the sandbox, with answers made odd on the way, by device. */
export interface AdobeModel {
  url: string;
  /** Where good answers come from; to be set before the first request. */
  target: string;
  /** By the device's address. */
  scripts: Map<string, Script>;
  stop: () => void;
}

export async function startAdobeModel(): Promise<AdobeModel> {
  const server = createServer((request, response) => {
    answer(model, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const model: AdobeModel = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: '',
    scripts: new Map(),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return model;
}

async function answer(
  model: AdobeModel,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: path = '/' } = request;
  const operation = operationOf(method, path);
  const script = model.scripts.get(String(request.headers['x-forwarded-for']));
  const heard = { at: Date.now(), operation, path, status: 0 };
  script?.heard.push(heard);
  const odd = takeOdd(script, operation);
  if (odd?.kind === 'reset') {
    request.socket.destroy();
    return;
  }
  const body = await text(request);
  const { host: _host, connection: _connection, ...headers } = request.headers;
  if (odd?.kind === 'answer') {
    heard.status = odd.status;
    response.writeHead(odd.status, { location: '/login', ...odd.headers });
    response.end(odd.status === 204 ? undefined : odd.body);
    return;
  }
  const good = await fetch(model.target + path, {
    method,
    headers: headers as Record<string, string>,
    ...(method === 'GET' ? {} : { body }),
    redirect: 'manual',
  });
  const told = await good.text();
  heard.status = good.status;
  response.writeHead(good.status, { 'content-type': good.headers.get('content-type') ?? '' });
  response.end(odd && good.ok ? JSON.stringify(madeOdd(JSON.parse(told), odd)) : told);
}

function takeOdd(script: Script | undefined, operation: Operation): Odd | undefined {
  const next = script?.odds.find(({ odd, times }) => odd.operation === operation && times > 0);
  if (!next) return undefined;
  next.times -= 1;
  return next.odd;
}

function madeOdd(good: unknown, odd: Odd): unknown {
  const answered = good as Record<string, unknown>;
  switch (odd.kind) {
    case 'edits':
      return edited(good, odd.edits);
    case 'items': {
      if (!Array.isArray(answered['decisions'])) return good;
      const items = answered['decisions'] as { resource: string }[];
      const denied = { authorized: false, source: 'mvpd', error: odd.error };
      return { decisions: items.map(({ resource }) => ({ resource, ...denied })) };
    }
    case 'more-profiles': {
      const { profiles } = answered;
      if (typeof profiles !== 'object') return good;
      const notAfter = Date.now() + odd.endsInMs;
      const times = { notBefore: notAfter - 3_600_000, notAfter };
      const more = { ...times, issuer: 'Adobe', type: odd.type, attributes: {} };
      return { profiles: { Another: more, ...profiles } };
    }
    case 'answer':
    case 'reset':
      return good;
  }
}

function operationOf(method: string, path: string): Operation {
  const where = path.split('?')[0] ?? '';
  if (where.endsWith('/register')) return 'register';
  if (where.endsWith('/token')) return 'token';
  if (where.includes('/decisions/preauthorize/')) return 'preauthorize';
  if (where.includes('/decisions/authorize/')) return 'authorize';
  if (where.includes('/logout/')) return 'logout';
  if (where.includes('/profiles/code/')) return 'profileByCode';
  if (where.endsWith('/profiles')) return 'profiles';
  if (where.includes('/profiles/')) return 'profileByMvpd';
  if (where.endsWith('/configuration')) return 'configuration';
  if (where.endsWith('/sessions')) return 'createSession';
  if (where.includes('/sessions/')) return method === 'POST' ? 'resumeSession' : 'retrieveSession';
  return 'authenticate';
}
