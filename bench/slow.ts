import { quantile } from '../test/faults/polls.ts';
import { DevicePassError } from '../src/client.ts';
import { readOptions } from './options.ts';
import { onProcesses } from './processes.ts';
import { progress, report, timed } from './report.ts';
import { aSecond } from './spent.ts';
import { atRate, backendOf, signedIn } from './requests.ts';
import { bringToCodes, INTERVAL_MS } from './waiting.ts';

/** How long a client waits, and a little for its own way (`answerWithinMs`). */
const BUDGET_MS = 8_500;
const ASKING = 50;
const QUERIES_A_SECOND = 10;

/**
 * Adobe takes seconds to answer: what those feel who only look, and whether those who have to wait
 * hear something within the time that a caller has.
 */
export async function slow(args: string[]): Promise<void> {
  const options = readOptions(args, { devices: 500, rate: 20, seconds: 60, 'answer-ms': 5_000 });
  const { devices, rate, seconds, 'answer-ms': answerMs } = options;
  await onProcesses(options, async (processes) => {
    const { pass, spending } = await backendOf(processes, INTERVAL_MS);
    const asking = await signedIn(pass, ASKING);
    const waiting = await bringToCodes(pass, devices, 100);
    await processes.sandbox.faults([{ kind: 'latency', ms: answerMs, share: 1 }]);
    progress(`Adobe takes ${answerMs} ms an answer from now on: measuring`);
    const outcomes = new Map<string, number>();
    const spent = await spending();
    const [calls, queries] = await Promise.all([
      atRate(rate, seconds, async (index) =>
        timed(async () => {
          const outcome = await asking[index % asking.length]
            ?.authorize('REF30')
            .then(({ status }) => status, nameOf);
          outcomes.set(String(outcome), (outcomes.get(String(outcome)) ?? 0) + 1);
        }),
      ),
      atRate(QUERIES_A_SECOND, seconds, async (index) =>
        timed(async () => waiting[index % waiting.length]?.view()),
      ),
    ]);
    const counts = [...outcomes].map(([name, count]) => [`calls that ended as ${name}`, count]);
    await report(
      options,
      'slow',
      `Adobe answers after ${answerMs} ms: ${rate} calls a second, ${devices} wait`,
      {
        'queries of others p50 ms': quantile(queries, 0.5),
        'queries of others p99 ms': quantile(queries, 0.99),
        'calls p50 ms': quantile(calls, 0.5),
        'calls p99 ms': quantile(calls, 0.99),
        'calls max ms': Math.max(...calls),
        'calls past the budget': calls.filter((ms) => ms > BUDGET_MS).length,
        ...(Object.fromEntries(counts) as Record<string, number>),
        ...aSecond(await spent()),
      },
    );
  });
}

function nameOf(error: unknown): string {
  return error instanceof DevicePassError ? error.code : String(error);
}
