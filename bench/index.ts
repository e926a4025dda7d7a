import { catalogue } from './catalogue.ts';
import { failover } from './failover.ts';
import { gateway } from './gateway.ts';
import { authenticate, authorize, lifecycle } from './requests.ts';
import { signIn } from './sign-in.ts';
import { waiting } from './waiting.ts';

// npm run bench -- authenticate | authorize | catalogue | failover | gateway | lifecycle | sign-in | waiting
// [--devices 10000] [--json] ...

const benchmarks = new Map([
  ['authenticate', authenticate],
  ['authorize', authorize],
  ['catalogue', catalogue],
  ['failover', failover],
  ['gateway', gateway],
  ['lifecycle', lifecycle],
  ['sign-in', signIn],
  ['waiting', waiting],
]);

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
