import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../test/faults/polls.ts';
import type { Options } from './options.ts';

/** What was measured, by names for people that hold the unit. */
export type Figures = Record<string, number>;

/** Says what happens meanwhile: on standard error, so that results can be piped. */
export function progress(message: string): void {
  console.error(message);
}

/** Prints one result: a table for people, or a line of JSON. */
export async function report(
  options: Options,
  benchmark: string,
  what: string,
  figures: Figures,
): Promise<void> {
  await told(options, benchmark, what, rounded(figures), tableOf(rounded(figures)));
}

/** The same for some that were measured side by side: a column each. */
export async function reportSideBySide(
  options: Options,
  benchmark: string,
  what: string,
  columns: Record<string, Figures>,
): Promise<void> {
  const all = Object.fromEntries(
    Object.entries(columns).map(([name, figures]) => [name, rounded(figures)]),
  );
  const names = [...new Set(Object.values(all).flatMap((figures) => Object.keys(figures)))];
  const width = Math.max(...names.map((name) => name.length));
  const row = (first: string, cells: string[]) =>
    `  ${first.padEnd(width)}  ${cells.map((cell, index) => cell.padStart(headOf(index).length)).join('  ')}`;
  const headOf = (index: number) => Object.keys(all)[index] ?? '';
  const lines = names.map((name) =>
    row(
      name,
      Object.values(all).map((figures) => figures[name]?.toLocaleString('en') ?? '-'),
    ),
  );
  await told(options, benchmark, what, { designs: all }, [row('', Object.keys(all)), ...lines]);
}

async function told(
  { json, server, write }: Options,
  benchmark: string,
  what: string,
  figures: object,
  lines: string[],
): Promise<void> {
  const result = { benchmark, what, server: serverName(server), load: loadOfMinute(), ...figures };
  if (json) console.log(JSON.stringify(result));
  else console.log([`${what} (${result.server}; ${load()})`, ...lines].join('\n'));
  if (write === undefined) return;
  await mkdir(write, { recursive: true });
  await writeFile(join(write, `${benchmark}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** Three digits are what is worth to be read. */
function rounded(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))]),
  );
}

/** Names to the left, numbers to the right. */
export function tableOf(figures: Figures): string[] {
  const width = Math.max(0, ...Object.keys(figures).map((name) => name.length));
  return Object.entries(figures).map(
    ([name, value]) => `  ${name.padEnd(width)}  ${value.toLocaleString('en')}`,
  );
}

/** p50, p95 and p99 of times in ms. */
export function percentiles(ms: readonly number[]): Figures {
  return Object.fromEntries(
    [0.5, 0.95, 0.99].map((share) => [`p${share * 100} ms`, quantile(ms, share)]),
  );
}

/** Until the turn of the one with this index, of so many a second since a moment of `performance`. */
export async function itsTurn(index: number, perSecond: number, from: number): Promise<void> {
  await sleep(Math.max(0, from + (index * 1_000) / perSecond - performance.now()));
}

/** Runs it and says how long it took, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** How busy the machine was in the last minute, to be read beside a figure. */
export function load(): string {
  return `load of the machine ${loadOfMinute().toFixed(1)}`;
}

function loadOfMinute(): number {
  return loadavg()[0] ?? 0;
}

function serverName(server: Options['server']): string {
  if (server === 'postgres') return 'Temporal on PostgreSQL';
  return process.env['TEMPORAL_ADDRESS'] ? 'Temporal at TEMPORAL_ADDRESS' : 'development server';
}
