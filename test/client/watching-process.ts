// A backend that watches one device for a moment; a test reads what it prints.
import { randomUUID } from 'node:crypto';
import { connect } from '../../src/client.ts';

const { DEVICEPASS_KEYS: keys = '', DEVICEPASS_TASK_QUEUE: taskQueue = '' } = process.env;
const pass = await connect({ keys, taskQueue });
const tv = pass.device({
  app: 'demo',
  id: randomUUID(),
  facts: { model: 'TV', version: '1', osName: 'Linux', osVersion: '1', connectionType: 'LAN' },
  ip: '198.51.100.99',
});
for await (const { status } of tv.watch()) {
  console.log(`${status}, ${process.listenerCount('SIGTERM')} listeners`);
  break;
}
await pass.close();
