import { homedir, hostname } from 'node:os';

/** What stands for the process that ran it, instead of its id and the name of its machine. */
export const RECORDER = 'recorder';

/** A history in the JSON form that Temporal's tools share. */
export interface HistoryJson {
  events: Record<string, unknown>[];
}

/**
 * A recorded history without traces of the machine it was recorded on: process identities and
 * stack traces go. Replay looks at neither.
 *
 * @throws Error when one of the secrets, or a trace of this machine, is left in it
 */
export function clean(json: string, secrets: readonly string[]): HistoryJson {
  const history = JSON.parse(json, (key, value: unknown) => {
    if (key === 'stackTrace') return '';
    if (key === 'identity' && typeof value === 'string') return RECORDER;
    return typeof value === 'string' ? withoutIdentity(value) : value;
  }) as HistoryJson;
  const text = readable(history);
  for (const trace of [process.cwd(), homedir(), `@${hostname()}`, 'file://', 'node_modules']) {
    if (text.includes(trace)) throw new Error(`a history holds ${trace}`);
  }
  for (const secret of secrets) {
    if (text.includes(secret)) throw new Error('a history holds a secret of the sandbox');
  }
  return history;
}

/** The names of sticky queues begin with an identity. */
function withoutIdentity(value: string): string {
  return value.replaceAll(`${process.pid}@${hostname()}`, RECORDER);
}

/** The history as text, with every payload as what it says instead of as base64. */
export function readable(history: HistoryJson): string {
  return JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  ).replaceAll('\\"', '"');
}
