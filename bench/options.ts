import { parseArgs } from 'node:util';
import { type ServerKind, SERVERS } from './temporal/server.ts';

/** What every benchmark takes beside its own numbers. */
export interface Options {
  /** One line of JSON a result instead of text for people. */
  json: boolean;
  /** Which Temporal to start. */
  server: ServerKind;
  /** The folder to write results and figures into. */
  write?: string;
}

/** Numbers with a fraction make sense for these. */
const FRACTIONS = new Set(['rate', 'seconds', 'interval']);

/**
 * Reads `--name value` for numbers with these defaults, and what all benchmarks take.
 *
 * @param mayBeZero the others must be greater
 * @throws Error of one line that says which option, which value and what to give
 */
export function readOptions<N extends Record<string, number>>(
  args: string[],
  defaults: N,
  mayBeZero: readonly (keyof N & string)[] = [],
): Options & N {
  const names = Object.keys(defaults);
  const { json, server, write, ...given } = parseArgs({
    args,
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      json: { type: 'boolean', default: false },
      server: { type: 'string', default: 'dev' },
      write: { type: 'string' },
    },
  }).values;
  const numbers = names.map((name) => {
    const text = (given as Record<string, string | undefined>)[name];
    const value = text === undefined ? defaults[name] : numberOf(name, text, mayBeZero);
    return [name, value] as const;
  });
  return {
    ...(Object.fromEntries(numbers) as N),
    json,
    server: serverOf(server),
    ...(write === undefined ? {} : { write }),
  };
}

function numberOf(name: string, text: string, mayBeZero: readonly string[]): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const least = mayBeZero.includes(name) ? value >= 0 : value > 0;
  if (Number.isFinite(value) && least && (FRACTIONS.has(name) || Number.isInteger(value))) {
    return value;
  }
  const kind = FRACTIONS.has(name) ? 'a number' : 'a whole number';
  const from = mayBeZero.includes(name) ? 'of 0 or more' : 'greater than 0';
  throw new Error(`--${name} ${JSON.stringify(text)}: give ${kind} ${from}`);
}

function serverOf(text: string): ServerKind {
  const kind = SERVERS.find((known) => known === text);
  if (kind) return kind;
  throw new Error(`--server ${JSON.stringify(text)}: use ${SERVERS.join(' or ')}`);
}
