import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { startStockedAem } from '../src/cli/stocked-aem.ts';
import { createAudits } from '../src/client/audits.ts';
import { signIn } from '../test/catalogue/support.ts';
import { quantile } from '../test/faults/polls.ts';
import { startProcesses } from './processes.ts';
import { newTv } from './tv.ts';
import { usageOf } from './usage.ts';

const WARM_CALLS = 200;
const DEVICES = 10;

/** How long a page of the catalogue takes, cold and warm; and an audit, with the worker's memory. */
export async function catalogue(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { titles: { type: 'string', default: '5000' } } });
  // One in fifty is for members only, which publish shows to nobody.
  const aem = await startStockedAem({ titles: Math.ceil((Number(values.titles) * 50) / 49) });
  const processes = await startProcesses();
  try {
    const env = { AEM_PUBLISH_URL: aem.hosts.publish };
    const { worker, pass, taskQueue } = await processes.backend({ pollIntervalMs: 3_000, env });
    const read = await timed(() => pass.catalogue());
    console.log(`first page of all, from AEM: ${read.toFixed(1)} ms`);

    const first: number[] = [];
    const warm: number[] = [];
    for (let device = 0; device < DEVICES; device += 1) {
      const tv = newTv(pass);
      await signIn(tv);
      first.push(await timed(() => tv.catalogue()));
      for (let call = 0; call < WARM_CALLS / DEVICES; call += 1) {
        warm.push(await timed(() => tv.catalogue()));
      }
    }
    console.log(`first page of a viewer, Adobe asked: ${summary(first)}`);
    console.log(`first page warm: ${summary(warm)}`);
    await audits(processes.client, taskQueue, worker.pid);
  } finally {
    await processes.stop();
    await aem.stop();
  }
}

async function audits(client: Client, taskQueue: string, pid: number | undefined): Promise<void> {
  const auditor = createAudits(client, taskQueue);
  for (const which of ['first', 'second', 'third']) {
    const before = (await usageOf(pid)).rssMb;
    let peak = before;
    const sampling = setInterval(() => {
      void usageOf(pid).then(({ rssMb }) => {
        peak = Math.max(peak, rssMb);
      });
    }, 50);
    let titles = 0;
    const ms = await timed(async () => {
      titles = (await auditor.run()).count.titles;
    });
    clearInterval(sampling);
    const { events = [] } = await client.workflow.getHandle(auditor.id).fetchHistory();
    console.log(
      `${which} audit of ${titles} titles: ${(ms / 1_000).toFixed(1)} s, worker ${Math.round(before)} MB ` +
        `before and ${Math.round(peak)} MB at most, ${events?.length ?? 0} events`,
    );
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function summary(times: number[]): string {
  const at = (share: number) => quantile(times, share).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms of ${times.length}`;
}
