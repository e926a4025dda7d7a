import type { IncomingHttpHeaders } from 'node:http';
import { RequestError, TimeoutError, got } from 'got';
import type { Method } from 'got';
import { createAgents } from './agents.ts';
import { HttpFailure, codeFor } from './failure.ts';
import { settingsOf } from './options.ts';
import type { HttpOptions, Settings } from './options.ts';
import { TunnelRefused } from './tunnel.ts';

/** One request. Nothing is added to it but `User-Agent` and what HTTP itself needs. */
export interface HttpRequest {
  url: URL;
  method?: Method;
  headers?: Record<string, string | undefined>;
  body?: string | Buffer;
  /** Less or more time than the client's own limit, milliseconds. */
  timeoutMs?: number;
  /** Another size than the client's own limit, bytes. */
  maxResponseBytes?: number;
  signal?: AbortSignal;
}

/** The answer, whatever its status; redirects are not followed. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Connections to the servers behind IMS and AEM. */
export interface Http {
  /**
   * Sends once: repeating is the caller's, who knows what it may repeat.
   *
   * @throws HttpFailure when no answer came
   * @throws the reason of an aborted `signal`
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends the kept connections. */
  close(): void;
}

/**
 * Makes the connections.
 *
 * @throws RangeError or TypeError for settings that can't work
 */
export function createHttp(options: HttpOptions = {}): Http {
  const settings = settingsOf(options);
  const agents = createAgents(settings);
  const client = got.extend({
    // Every status is an answer here, and got's own retries would hide what happened.
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    responseType: 'text',
    headers: { 'user-agent': settings.userAgent },
  });

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    const { url, signal, maxResponseBytes = settings.maxResponseBytes } = request;
    const { method = 'GET', headers = {}, body, timeoutMs = settings.timeoutMs } = request;
    signal?.throwIfAborted();
    // Not AbortSignal.any: a signal that lives as long as the process would gather them all.
    const end = new AbortController();
    const onAbort = () => end.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    let tooLarge = false;
    const proxied = usesProxy(url, settings);
    const pending = client(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      agent: (proxied && agents.proxied) || agents.direct,
      timeout: { request: timeoutMs },
      signal: end.signal,
    });
    void pending.on('downloadProgress', ({ transferred }) => {
      tooLarge ||= transferred > maxResponseBytes;
      if (tooLarge) end.abort();
    });
    try {
      const { statusCode, headers: received, body: text } = await pending;
      return { status: statusCode, headers: received, text };
    } catch (error) {
      signal?.throwIfAborted();
      if (tooLarge) {
        throw new HttpFailure({ code: 'response_too_large', hop: 'server', host: hostOf(url) });
      }
      throw failureOf(error, url, proxied ? settings.proxy?.url : undefined);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return { send, close: () => agents.close() };
}

function usesProxy({ hostname }: URL, { proxy }: Settings): boolean {
  if (!proxy) return false;
  return !proxy.bypass.some((host) =>
    host.startsWith('.')
      ? hostname.endsWith(host) || hostname === host.slice(1)
      : hostname === host,
  );
}

/** Only the system's code is kept: the library's error holds the request with its secrets. */
function failureOf(error: unknown, url: URL, proxy: URL | undefined): unknown {
  if (!(error instanceof RequestError)) return error;
  const server = { hop: 'server', host: hostOf(url) } as const;
  if (error instanceof TimeoutError) {
    // Without a socket the proxy hasn't given its tunnel yet.
    const waiting = proxy && error.timings.socket === undefined;
    const at = waiting ? ({ hop: 'proxy', host: hostOf(proxy) } as const) : server;
    return new HttpFailure({ code: 'timeout', ...at });
  }
  if (proxy && error.cause instanceof TunnelRefused) {
    const { code, status } = error.cause;
    return new HttpFailure({
      code: status === undefined ? codeFor(code) : 'proxy_refused',
      hop: 'proxy',
      host: hostOf(proxy),
      systemCode: code,
      status,
    });
  }
  return new HttpFailure({ code: codeFor(error.code), ...server, systemCode: error.code });
}

function hostOf({ host, port, protocol }: URL): string {
  return port ? host : `${host}:${protocol === 'https:' ? 443 : 80}`;
}
