import { runWorker } from '../../src/worker.ts';

// A worker as a process of its own, so that it can be killed. It never outlives its parent, not
// even one that crashes; otherwise the channel to the parent keeps nothing alive.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
await runWorker(process.env);
