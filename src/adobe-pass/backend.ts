import { ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { RequestError, got } from 'got';
import type { OptionsOfTextResponseBody } from 'got';
import { createSlots } from '../http/slots.ts';
import { createAgents } from './agents.ts';
import type { Deadline } from './deadline.ts';
import { failureOf } from './error-body.ts';
import type { Answer } from './error-body.ts';
import { AdobePassError } from './errors.ts';
import type { Operation } from './operation.ts';
import type { Settings } from './options.ts';

/** One HTTP request. */
export interface Sent {
  url: URL;
  method: 'GET' | 'POST';
  headers: Record<string, string | undefined>;
  body?: string;
  /** The largest answer that is read, bytes. */
  maxResponseBytes: number;
}

/** Adobe's server as this process sees it: its connections, and whether it works at the moment. */
export interface Backend {
  exchange(operation: Operation, sent: Sent, deadline: Deadline): Promise<Answer>;
  close(): void;
}

/** Thrown inside the breaker only: the server, not the request, is at fault. */
class ServerAtFault extends Error {
  readonly failure: AdobePassError;

  constructor(failure: AdobePassError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Makes the backend. A deny or a bad request proves that the server works, so only the rest counts. */
export function createBackend(settings: Settings): Backend {
  const agents = createAgents(settings);
  const inTurn = createSlots(settings.bulkhead.inFlight, settings.bulkhead.queued);
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof ServerAtFault),
    {
      breaker: new ConsecutiveBreaker(settings.breaker.consecutiveFailures),
      halfOpenAfter: settings.breaker.halfOpenAfterMs,
    },
  );

  async function request(operation: Operation, sent: Sent, deadline: Deadline): Promise<Answer> {
    const budgetMs = deadline.remainingMs();
    let answer: Answer;
    try {
      answer = await fetchText(operation, sent, deadline.signal, agents);
    } catch (error) {
      // A call that spent most of its time waiting here says nothing about the server.
      const late = deadline.expired() && budgetMs >= settings.requestTimeoutMs / 2;
      const failure = networkFailure(operation, error);
      if (late || (failure && !deadline.signal.aborted)) {
        throw new ServerAtFault(failure ?? timeout(operation));
      }
      throw error;
    }
    if (answer.status >= 500) {
      const failure = failureOf(operation, answer);
      if (failure.code === 'server_error') throw new ServerAtFault(failure);
    }
    return answer;
  }

  return {
    async exchange(operation, sent, deadline) {
      try {
        return await inTurn(
          async () => breaker.execute(async () => request(operation, sent, deadline)),
          deadline.signal,
        );
      } catch (error) {
        throw error instanceof ServerAtFault ? error.failure : error;
      }
    },
    close: () => agents.close(),
  };
}

async function fetchText(
  operation: Operation,
  sent: Sent,
  signal: AbortSignal,
  agents: ReturnType<typeof createAgents>,
): Promise<Answer> {
  const { maxResponseBytes, ...request } = sent;
  const options: OptionsOfTextResponseBody = {
    ...request,
    agent: { http: agents.http, https: agents.https },
    signal,
    // Retrying is the caller's: it knows what was tried before, and survives this process.
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    responseType: 'text',
  };
  const pending = got(options);
  let tooLarge = false;
  void pending.on('downloadProgress', ({ transferred }) => {
    if (transferred <= maxResponseBytes) return;
    tooLarge = true;
    pending.cancel();
  });
  try {
    const { statusCode, body, headers } = await pending;
    const { date, location, 'retry-after': retryAfter } = headers;
    return { status: statusCode, text: body, retryAfter, date, location };
  } catch (error) {
    if (!tooLarge) throw error;
    throw new AdobePassError({
      operation,
      code: 'invalid_response',
      action: 'none',
      retryable: false,
      details: `more than ${maxResponseBytes} bytes`,
    });
  }
}

/** Only the system's error code is kept: the library's error holds the request with its secrets. */
function networkFailure(operation: Operation, error: unknown): AdobePassError | undefined {
  if (!(error instanceof RequestError)) return undefined;
  return new AdobePassError({
    operation,
    code: 'network_error',
    action: 'retry',
    retryable: true,
    details: error.code,
  });
}

function timeout(operation: Operation): AdobePassError {
  return new AdobePassError({ operation, code: 'timeout', action: 'retry', retryable: true });
}
