import { ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { HttpFailure, createHttp, onHost } from '../http/index.ts';
import type { Http, HttpAnswer } from '../http/index.ts';
import { createSlots, type Slots } from '../http/slots.ts';
import { headerNames, isJson } from './answer.ts';
import type { Answer } from './answer.ts';
import type { About } from './call.ts';
import { bareToken, senderOf } from './credentials.ts';
import { AemError } from './errors.ts';
import type { AemSettings } from './options.ts';
import { isTimeout, timeoutOf } from './perform.ts';
import { hostSetting, type Tier } from './tier.ts';

/** One HTTP request to a tier. */
export interface Sent {
  about: About;
  method: 'GET' | 'POST' | 'PUT';
  /** Encoded; goes out as it is. */
  path: string;
  headers?: Record<string, string>;
  json?: unknown;
  /** Value of `Authorization`. */
  authorization?: string;
}

/** Makes one request, once. */
export type Exchange = (sent: Sent, signal: AbortSignal) => Promise<Answer>;

// 100 titles are some 60 kB; a list of all persisted queries may be a few hundred.
const maxResponseBytes = 8 << 20;

/** The way to the tiers: bulkhead and breaker per tier, then HTTP. */
export function createTransport(settings: AemSettings): { exchange: Exchange; close: () => void } {
  const http = settings.http ?? createHttp();
  const guards = new Map<Tier, Slots>();

  function guardOf(tier: Tier): Slots {
    const known = guards.get(tier);
    if (known) return known;
    const { inFlight, queued } = settings.bulkhead;
    const breaker = {
      breaker: new ConsecutiveBreaker(settings.breaker.consecutiveFailures),
      halfOpenAfter: settings.breaker.halfOpenAfterMs,
    };
    const failed = handleWhen((error) => error instanceof AemError && error.code !== 'too_large');
    const inTurn = createSlots(inFlight, queued);
    const policy = circuitBreaker(failed.orWhenResult(atFault), breaker);
    const guard: Slots = async (work, signal) => inTurn(async () => policy.execute(work), signal);
    guards.set(tier, guard);
    return guard;
  }

  async function exchange(sent: Sent, signal: AbortSignal): Promise<Answer> {
    const { about, path } = sent;
    const host = settings.hosts[about.tier];
    if (host === undefined) {
      throw new AemError({
        ...about,
        code: 'tier_not_configured',
        hint: `set ${hostSetting(about.tier)}`,
        retryable: false,
      });
    }
    const url = onHost(path, host);
    if (!url) {
      throw new AemError({
        ...about,
        code: 'invalid_request',
        details: `${JSON.stringify(path.slice(0, 200))} is no path of ${host}`,
        hint: 'correct the name of the query',
        retryable: false,
      });
    }
    return guardOf(about.tier)(async () => fetch(http, sent, url, settings, signal), signal);
  }

  return {
    exchange,
    close() {
      if (!settings.http) http.close();
    },
  };
}

/** A 5xx that isn't JSON: with an OSGi switch on, a query's own mistake is a 500 with JSON. */
function atFault(answer: unknown): boolean {
  const { status, type } = answer as Answer;
  return status >= 500 && !isJson(type);
}

async function fetch(
  http: Http,
  { about, method, headers, json, authorization }: Sent,
  url: URL,
  { requestTimeoutMs }: AemSettings,
  signal: AbortSignal,
): Promise<Answer> {
  const startedAt = performance.now();
  try {
    const answer = await http.send({
      url,
      method,
      // Never an Origin: server to server needs no CORS, and an unlisted one would be refused.
      headers: {
        accept: 'application/json, application/graphql-response+json',
        ...headers,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(authorization !== undefined && { authorization }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      // The signal ends the request; this is a second net.
      timeoutMs: requestTimeoutMs + 1000,
      maxResponseBytes,
      signal,
    });
    return answerOf(answer, url, authorization);
  } catch (error) {
    // A call that spent most of its time waiting elsewhere says nothing about the tier.
    const late = performance.now() - startedAt >= requestTimeoutMs / 2;
    if (signal.aborted && late && isTimeout(signal.reason)) throw timeoutOf(about);
    throw error instanceof HttpFailure ? noAnswer(about, error) : error;
  }
}

function answerOf(
  { status, headers, text }: HttpAnswer,
  { pathname: path }: URL,
  authorization?: string,
): Answer {
  const kept: Answer['headers'] = {};
  for (const name of headerNames) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  const token = bareToken(authorization);
  return {
    status,
    text: token === '' ? text : text.replaceAll(token, '[redacted]'),
    type: headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '',
    headers: kept,
    path,
    sentAs: senderOf(authorization),
  };
}

function noAnswer(about: About, failure: HttpFailure): AemError {
  const { code, hop, host, hint, retryable, systemCode } = failure;
  if (code === 'timeout') return timeoutOf(about);
  return new AemError({
    ...about,
    code: code === 'response_too_large' ? 'too_large' : 'network_error',
    details: `${code} at ${hop} ${host}${systemCode === undefined ? '' : `, ${systemCode}`}`,
    hint: hop === 'server' && isAddress(code) ? `check ${hostSetting(about.tier)}; ${hint}` : hint,
    retryable,
  });
}

/** A slip in the setting is likelier than a network that needs a proxy. */
function isAddress(code: HttpFailure['code']): boolean {
  return code === 'name_not_found' || code === 'connection_refused';
}
