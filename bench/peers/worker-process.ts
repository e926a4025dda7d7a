import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { answering } from '../forked.ts';
import * as activities from './activities.ts';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({
  address: process.env['TEMPORAL_ADDRESS'] ?? '',
});
const worker = await Worker.create({
  connection,
  taskQueue: process.env['TASK_QUEUE'] ?? '',
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  activities,
  maxCachedWorkflows: 2_000,
  // A long activity holds its slot all the time.
  maxConcurrentActivityTaskExecutions: 20_000,
  // A heartbeat has to arrive once in 90 s.
  maxHeartbeatThrottleInterval: '60 s',
});
answering({}, () => ({}));
await worker.run();
