import type { RecordedRequest, Sandbox } from '../../src/sandbox/index.ts';

/** When Adobe was asked for a code, ms since the epoch, oldest first. */
export function pollsOf({ requests }: Sandbox, code: string): number[] {
  return requests.filter((request) => asksFor(request, code)).map(({ at }) => at);
}

function asksFor({ operation, path }: RecordedRequest, code: string): boolean {
  return operation === 'profileByCode' && path.endsWith(`/${code}`);
}

/** The times between neighbours, in ms. */
export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? time));
}

/** The value below which this share (0 to 1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Rounded figures for the output: what was measured belongs there, not only that it was enough. */
export function report(what: string, figures: Record<string, number | string>): void {
  const shown = Object.entries(figures).map(([name, value]) => {
    return `${name} ${typeof value === 'number' ? Math.round(value) : value}`;
  });
  console.log(`      ${what}: ${shown.join(', ')}`);
}
