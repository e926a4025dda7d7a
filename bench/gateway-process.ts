import type { ConnectionOptions } from '@temporalio/client';
import { runGateway } from '../src/gateway/server.ts';
import { connectClient } from '../src/temporal/connect-client.ts';

// A gateway as a process of its own that tells, when asked, which calls it has made to Temporal.

/** Calls so far, by method: `QueryWorkflow`, `ExecuteMultiOperation`, ... */
export type Calls = Record<string, number>;

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

const calls: Calls = {};
const counting: Interceptor = (options, next) => {
  const method = options.method_definition.path.replace(/^.*\//, '');
  calls[method] = (calls[method] ?? 0) + 1;
  return next(options) as ReturnType<Interceptor>;
};

process.on('message', () => process.send?.(calls));
process.once('disconnect', () => process.exit(1));
await runGateway(process.env, () => connectClient({ interceptors: [counting] }));
process.exit(0);
