import { CommandError } from '../fail.ts';

/** The gateway said no. */
export class Refused extends CommandError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Gateway {
  issuer: string;
  /** Go with every request. */
  headers?: Record<string, string>;
}

interface Sending {
  form?: Record<string, string>;
  json?: object;
  headers?: Record<string, string>;
}

/**
 * Asks the gateway.
 *
 * @throws Refused with what it said
 */
export async function send<T>(
  { issuer, headers }: Gateway,
  path: string,
  { form, json, headers: more }: Sending,
): Promise<T> {
  const body = form ? new URLSearchParams(form) : json ? JSON.stringify(json) : undefined;
  const response = await fetch(issuer + path, {
    ...(body === undefined ? {} : { method: 'POST', body }),
    headers: { ...headers, ...more, ...(json ? { 'content-type': 'application/json' } : {}) },
  });
  const answer = (await response.json()) as T & Record<'error' | 'code' | 'message', string>;
  if (response.ok) return answer;
  const { error_description: description } = answer as { error_description?: string };
  throw new Refused(answer.error ?? answer.code, description ?? answer.message);
}
