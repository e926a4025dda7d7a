import { setTimeout as sleep } from 'node:timers/promises';

/** Which Temporal a benchmark runs on. */
export const SERVERS = ['dev', 'postgres'] as const;
export type ServerKind = (typeof SERVERS)[number];

/** A Temporal server, with what can be known of its processes. */
export interface BenchTemporal {
  address: string;
  /** Processes that were started for it, by names for people; a database with all its children. */
  pids: Record<string, number | undefined>;
  /** Where its PostgreSQL is, for programs that need one too. */
  database?: string;
  /**
   * What it has counted as billable so far, by kind: the server's own metric `action`, made for
   * Temporal Cloud's bill. Absent for a server that was not started here.
   */
  actions?: () => Promise<Map<string, number>>;
  /** Where its metrics are, Prometheus. */
  metricsUrl?: string;
  stop: () => Promise<void>;
}

/** Temporal's server brings its metrics up to date each second. */
const METRICS_EVERY_MS = 1_500;

/** The counters `action` of a Temporal server's metrics. */
export async function actionsAt(url: string): Promise<Map<string, number>> {
  await sleep(METRICS_EVERY_MS);
  const text = await (await fetch(url)).text();
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, kind, count] =
      /^action(?:_total)?\{.*?action_type="([^"]+)".*\} (\S+)/.exec(line) ?? [];
    // Markers count as one for each task that holds some; each of them is told beside that.
    if (kind === undefined || kind === 'command_RecordMarker') continue;
    counts.set(kind, (counts.get(kind) ?? 0) + Number(count));
  }
  return counts;
}

/** How long the database takes to keep a step of a workflow, on average so far, in ms. */
export async function updateMsAt({ metricsUrl }: BenchTemporal): Promise<number> {
  if (metricsUrl === undefined) return Number.NaN;
  const text = await (await fetch(metricsUrl)).text();
  const total = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`persistence_latency_${name}{`))
      .filter((line) => line.includes('operation="UpdateWorkflowExecution"'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  return (total('sum') * 1_000) / total('count');
}
