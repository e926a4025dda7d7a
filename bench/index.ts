import { capacity } from './capacity/capacity.ts';
import { event } from './capacity/event.ts';
import { costs } from './capacity/measure.ts';
import { catalogue } from './catalogue.ts';
import { failover } from './failover.ts';
import { gateway } from './gateway.ts';
import { peers } from './peers/index.ts';
import { authenticate, authorize, lifecycle } from './requests.ts';
import { signIn } from './sign-in.ts';
import { slow } from './slow.ts';
import { smoke } from './smoke.ts';
import { waiting } from './waiting.ts';

// npm run bench -- waiting [--devices 10000] [--rate 100] [--seconds 60] [--server postgres] [--json]

const benchmarks = new Map([
  ['authenticate', authenticate],
  ['authorize', authorize],
  ['capacity', capacity],
  ['catalogue', catalogue],
  ['costs', costs],
  ['event', event],
  ['failover', failover],
  ['gateway', gateway],
  ['lifecycle', lifecycle],
  ['peers', peers],
  ['sign-in', signIn],
  ['slow', slow],
  ['waiting', waiting],
  // In CI: ratios, not times.
  ['--smoke', smoke],
]);

// Leave by way of `exit`, where whatever was started is stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks.get(name);
try {
  if (!benchmark) {
    throw new Error(
      `no benchmark ${JSON.stringify(name)}: use ${[...benchmarks.keys()].join(' or ')}`,
    );
  }
  await benchmark(args);
} catch (error) {
  console.error(error instanceof Error ? error.message.split('\n')[0] : error);
  process.exit(1); // whatever it had begun goes on otherwise
}
