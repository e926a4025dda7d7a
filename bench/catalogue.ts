import type { Client } from '@temporalio/client';
import { startStockedAem } from '../src/cli/stocked-aem.ts';
import { createAudits } from '../src/client/audits.ts';
import { signIn } from '../test/catalogue/support.ts';
import { quantile } from '../test/faults/polls.ts';
import { readOptions } from './options.ts';
import { onProcesses } from './processes.ts';
import { type Figures, report, timed } from './report.ts';
import { newTv } from './tv.ts';
import { usageOf } from './usage.ts';

const WARM_CALLS = 200;
const DEVICES = 10;

/** How long a page of the catalogue takes, cold and warm; and an audit, with the worker's memory. */
export async function catalogue(args: string[]): Promise<void> {
  const options = readOptions(args, { titles: 5_000 });
  // One in fifty is for members only, which publish shows to nobody.
  const aem = await startStockedAem({ titles: Math.ceil((options.titles * 50) / 49) });
  try {
    await onProcesses(options, async ({ backend, client }) => {
      const env = { AEM_PUBLISH_URL: aem.hosts.publish };
      const { worker, pass, taskQueue } = await backend({ pollIntervalMs: 3_000, env });
      const read = await timed(() => pass.catalogue());
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
      await report(options, 'catalogue', `a catalogue of ${options.titles} titles`, {
        'first page of all, from AEM ms': read,
        'first page of a viewer, Adobe asked, p50 ms': quantile(first, 0.5),
        'first page warm p50 ms': quantile(warm, 0.5),
        'first page warm p99 ms': quantile(warm, 0.99),
        ...(await audits(client, taskQueue, worker.pid)),
      });
    });
  } finally {
    await aem.stop();
  }
}

async function audits(
  client: Client,
  taskQueue: string,
  pid: number | undefined,
): Promise<Figures> {
  const auditor = createAudits(client, taskQueue);
  const figures: Figures = {};
  for (const which of ['first', 'second', 'third']) {
    let peak = (await usageOf(pid)).memoryMb;
    const sampling = setInterval(() => {
      void usageOf(pid).then(({ memoryMb }) => {
        peak = Math.max(peak, memoryMb);
      });
    }, 50);
    figures[`${which} audit s`] = (await timed(() => auditor.run())) / 1_000;
    clearInterval(sampling);
    figures[`${which} audit, worker at most MB`] = peak;
  }
  return figures;
}
