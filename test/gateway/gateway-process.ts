import { runGateway } from '../../src/gateway/index.ts';

// A gateway as a process of its own, so that it can be killed. It never outlives its parent.
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
await runGateway(process.env);
process.exit(0);
