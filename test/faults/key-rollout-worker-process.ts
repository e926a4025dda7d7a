import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

// A worker for the roll-out's workflow alone, loaded and waiting for the word to start.
process.once('disconnect', () => process.exit(1));
process.once('message', () => {
  process.channel?.unref();
  void run();
});
process.send?.('loaded');

async function run(): Promise<void> {
  const { TEMPORAL_ADDRESS: address = '', TASK_QUEUE: taskQueue = '', BUNDLE = '' } = process.env;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: BUNDLE },
    // As the real worker has it.
    stickyQueueScheduleToStartTimeout: '2 s',
  });
  process.send?.('runs');
  await worker.run();
}
