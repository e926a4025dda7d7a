import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { connect, type DeviceClient, DevicePassError } from '../../src/client.ts';
import { Road } from '../support/road.ts';
import { FACTS, freshIp, sharedTemporal, type Stack, startStack } from '../support/stack.ts';

describe('a backend whose Temporal is away', () => {
  const answerWithinMs = 2_000;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
  });
  after(() => stack.stop());

  async function withoutTemporal(ask: (tv: DeviceClient) => Promise<unknown>): Promise<void> {
    const { temporal } = await sharedTemporal();
    const road = await Road.to(temporal.address);
    const connection = await Connection.connect({ address: road.address });
    const client = new Client({ connection });
    const { keys, config } = stack;
    const pass = await connect({
      keys,
      temporal: client,
      taskQueue: config.taskQueue,
      answerWithinMs,
    });
    const tv = pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });
    await tv.authenticate();
    road.close();
    try {
      const from = Date.now();
      const error = await ask(tv).then(
        () => assert.fail('this worked'),
        (failed: unknown) => failed,
      );
      const ms = Date.now() - from;
      assert.ok(error instanceof DevicePassError, String(error));
      assert.deepEqual(
        [error.code, error.retryable],
        ['temporal_unavailable', true],
        error.message,
      );
      assert.ok(ms < answerWithinMs + 500, `${ms} ms`);
    } finally {
      await pass.close();
      await connection.close();
    }
  }

  const calls: [what: string, ask: (tv: DeviceClient) => Promise<unknown>][] = [
    ['a request', (tv) => tv.authorize('REF30')],
    ['a first request', (tv) => tv.authenticate()],
    ['a query', (tv) => tv.view()],
    ['a signal', (tv) => tv.browserReturned()],
    ['a watch', (tv) => tv.watch().next()],
  ];
  for (const [what, ask] of calls) {
    it(`is told so in time, and no worker is blamed: ${what}`, () => withoutTemporal(ask));
  }
});
