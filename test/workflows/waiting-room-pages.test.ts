import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { announceRoom, callWaiting } from '../../src/temporal/rooms.ts';
import type { RoomClosed } from '../../src/workflows/messages.ts';
import { eventually, sharedTemporal } from '../support/stack.ts';

const CLOSED: RoomClosed = { room: 'gone.1', silentSince: 0 };

describe('a room in which very many waited', () => {
  it('is called page by page, and where it was after a failure', async function () {
    this.timeout(300_000);
    const { client, native, bundle } = await sharedTemporal();
    const taskQueue = `pages-${randomUUID()}`;
    const pages: (string | undefined)[] = [];
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: bundle,
      activities: {
        async callWaiting(_closed: RoomClosed, page?: string) {
          pages.push(page);
          if (page === 'second' && pages.length === 2) throw new Error('Temporal is away');
          const next = page === undefined ? 'second' : page === 'second' ? 'third' : undefined;
          return { called: 500, ...(next === undefined ? {} : { next }) };
        },
      },
    });
    await worker.runUntil(async () => {
      await announceRoom(client, taskQueue, 'gone.1'); // nobody serves its queue
      await eventually(() => pages.length >= 4, 'all pages are called', 30_000);
    });
    assert.deepEqual(pages, [undefined, 'second', 'second', 'third']);
  });

  it('has each page tell all who are in it, and say where the next begins', async () => {
    const called: string[] = [];
    const tokens: (string | undefined)[] = [];
    const ids = Array.from({ length: 9 }, (_none, index) => `device:${index}`);
    const client = {
      options: { namespace: 'default' },
      workflowService: {
        async listWorkflowExecutions({ nextPageToken }: { nextPageToken?: Uint8Array }) {
          tokens.push(nextPageToken && Buffer.from(nextPageToken).toString());
          const executions = ids.map((workflowId) => ({ execution: { workflowId } }));
          const token = nextPageToken ? '' : 'from here';
          return { executions, nextPageToken: Buffer.from(token) };
        },
        resetStickyTaskQueue: async () => ({}),
      },
      workflow: {
        getHandle: (workflowId: string) => ({ signal: async () => called.push(workflowId) }),
      },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of it as is called
    } as unknown as Client;
    const first = await callWaiting(client, CLOSED);
    assert.deepEqual(called.toSorted(), ids);
    assert.deepEqual(await callWaiting(client, CLOSED, first.next), { called: ids.length });
    assert.deepEqual(tokens, [undefined, 'from here']);
  });

  it('ends its round where the next page is unknown by now, and no other round', async () => {
    const refusal = Object.assign(new Error('Invalid NextPageToken.'), {
      code: 3,
      details: 'Invalid NextPageToken.',
      metadata: {},
    });
    const client = {
      options: { namespace: 'default' },
      workflowService: {
        listWorkflowExecutions: async () => Promise.reject(refusal),
      },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of it as is called
    } as unknown as Client;
    assert.deepEqual(await callWaiting(client, CLOSED, 'b2xk'), { called: 0 });
    await assert.rejects(callWaiting(client, CLOSED), refusal);
  });
});
