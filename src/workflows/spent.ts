import type { SpentReport, SpentTotals } from './spent-messages.ts';

/** What all gateways spent in one window, by key and gateway. */
export interface Spent {
  window: number;
  keys: Record<string, { most: number; by: Record<string, number> }>;
}

/** What a run hands on has to fit into one message. Further keys are counted by each gateway alone. */
const MOST_KEYS = 10_000;

export function noneSpent(window: number): Spent {
  return { window, keys: {} };
}

/** A newer window begins with nothing; what comes late for an older one counts no more. */
export function addSpent(spent: Spent, { gateway, window, spent: changes }: SpentReport): Spent {
  if (window < spent.window) return spent;
  const { keys } = window > spent.window ? noneSpent(window) : spent;
  const added = { ...keys };
  let count = Object.keys(added).length;
  for (const { key, here, most } of changes) {
    const known = added[key];
    if (!known && count >= MOST_KEYS) continue;
    if (!known) count += 1;
    added[key] = { most, by: { ...known?.by, [gateway]: here } };
  }
  return { window, keys: added };
}

/** What a gateway named, and whatever of anybody's is half used up. */
export function totalsFor(spent: Spent, report: SpentReport): SpentTotals {
  if (report.window !== spent.window) return {};
  const named = new Set(report.spent.map(({ key }) => key));
  return totalsOf(spent, (key, total, most) => named.has(key) || total * 2 >= most);
}

export function totalsOf(
  { keys }: Spent,
  isWanted: (key: string, total: number, most: number) => boolean = () => true,
): SpentTotals {
  const totals: SpentTotals = {};
  for (const [key, { most, by }] of Object.entries(keys)) {
    const total = Object.values(by).reduce((sum, here) => sum + here, 0);
    if (isWanted(key, total, most)) totals[key] = total;
  }
  return totals;
}
