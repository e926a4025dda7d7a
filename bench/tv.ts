import { randomUUID } from 'node:crypto';
import type { DeviceClient, DevicePass } from '../src/client.ts';
import { FACTS, freshIp } from '../test/support/stack.ts';

/** A TV with an id and an address of its own. */
export function newTv(pass: DevicePass): DeviceClient {
  return pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });
}
