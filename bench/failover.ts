import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../test/faults/polls.ts';
import { readOptions } from './options.ts';
import { onProcesses } from './processes.ts';
import { report } from './report.ts';
import { bringToCodes, INTERVAL_MS, timesByCode } from './waiting.ts';

/** How long devices stand still whose worker is killed, while another lives. */
export async function failover(args: string[]): Promise<void> {
  // Watched for longer than it may take until the last one is polled for again.
  const options = readOptions(args, { devices: 500, rate: 100, seconds: 75 });
  const { devices, rate, seconds } = options;
  await onProcesses(options, async ({ backend, sandbox }) => {
    const { worker, pass, addWorker } = await backend({ pollIntervalMs: INTERVAL_MS });
    await bringToCodes(pass, devices, rate);
    await addWorker(); // it has none of those who wait
    await sleep(INTERVAL_MS + 2_000);
    const killedAt = Date.now();
    await worker.kill();
    await sleep(seconds * 1_000);
    const polled = await sandbox.pollsSince(killedAt - INTERVAL_MS - 2_000);
    const late = timesByCode(polled).map((polls) => {
      const last = polls.findLast((at) => at <= killedAt) ?? Number.NaN;
      const next = polls.find((at) => at > killedAt) ?? Infinity;
      return (next - last - INTERVAL_MS) / 1_000;
    });
    await report(options, 'failover', `${devices} devices wait, their worker is killed`, {
      'next poll late p50 s': quantile(late, 0.5),
      'next poll late p99 s': quantile(late, 0.99),
      'next poll late max s': quantile(late, 1),
      'devices seen': late.length,
    });
  });
}
