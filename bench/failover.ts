import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile } from '../test/faults/polls.ts';
import { startProcesses } from './processes.ts';
import { print } from './requests.ts';
import { bringToCodes, timesByCode } from './waiting.ts';

const INTERVAL_MS = 15_000;
/** More than it may take until the last one is polled for again. */
const WATCHED_MS = 75_000;

/** How long devices stand still whose worker is killed, while another lives. */
export async function failover(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      devices: { type: 'string', default: '500' },
      json: { type: 'boolean', default: false },
    },
  });
  const processes = await startProcesses();
  try {
    const { worker, pass, addWorker } = await processes.backend({ pollIntervalMs: INTERVAL_MS });
    await bringToCodes(pass, Number(values.devices), 100);
    await addWorker(); // it has none of those who wait
    await sleep(INTERVAL_MS + 2_000);
    const killedAt = Date.now();
    await worker.kill();
    await sleep(WATCHED_MS);
    const polled = await processes.sandbox.pollsSince(killedAt - INTERVAL_MS - 2_000);
    const late = timesByCode(polled).map((polls) => {
      const last = polls.findLast((at) => at <= killedAt) ?? Number.NaN;
      const next = polls.find((at) => at > killedAt) ?? Infinity;
      return next - last - INTERVAL_MS;
    });
    print(values.json, `${values.devices} devices wait, their worker is killed`, {
      'next poll late by s, p50': quantile(late, 0.5) / 1_000,
      p99: quantile(late, 0.99) / 1_000,
      max: Math.max(...late) / 1_000,
      devices: late.length,
    });
  } finally {
    await processes.stop();
  }
}
