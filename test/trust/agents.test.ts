import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { type Order, sealOrders } from '../../src/activities/key-rollout/orders.ts';
import { KeyRolloutError, Ledger } from '../../src/key-rollout/index.ts';
import { KeyRing, seal } from '../../src/sealing/index.ts';
import { hostQueue } from '../../src/workflows/activity-options.ts';
import type { Mandate } from '../../src/workflows/key-rollout/messages.ts';
import { eventually } from '../support/stack.ts';
import {
  consoleOf,
  ended,
  type FarmStack,
  keysOf,
  requestFor,
  startFarmStack,
} from '../key-rollout/support.ts';
import { type Intruder, startIntruder } from './intruder.ts';

describe('somebody with Temporal and without AEM_HOST_KEYS', () => {
  let stack: FarmStack;
  let intruder: Intruder;
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startFarmStack();
    intruder = await startIntruder();
  });
  after(async () => {
    await intruder.stop();
    await stack.stop();
  });

  const first = () => {
    const [instance] = stack.farm.instances;
    assert.ok(instance);
    return instance;
  };
  /** The code of the refusal; nothing at all was sent to the instance meanwhile. */
  async function refused(step: string, request: object, id = first().id): Promise<string> {
    const heard = first().requests.length;
    try {
      await intruder.ask(step, { taskQueue: hostQueue(id) }, request);
    } catch (error) {
      assert.ok(error instanceof ApplicationFailure, String(error));
      assert.doesNotMatch(error.message, /\n/);
      assert.equal(first().requests.length, heard, 'nothing was sent');
      return error.type ?? '';
    }
    assert.fail(`${step} should have been refused`);
  }
  const mandateOf = async (workflowId: string): Promise<Mandate> => {
    const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
    const { input } = events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
    const data = input?.payloads?.[1]?.data;
    return JSON.parse(Buffer.from(data ?? []).toString()) as Mandate;
  };
  const sealedFor = async (step: string, order: Partial<Order>, host = first().id) =>
    seal(
      stack.keys,
      { id: 'order', rollout: 'rollout', notAfter: Date.now() + 60_000, ...order },
      { purpose: 'aem-order', owner: [host, step] },
    );

  it('has no other configuration written, and reads none', async () => {
    const before = {
      pid: '../../../apps/anything',
      properties: { 'sling.properties': 'x' },
      additional: [],
      bundleLocation: '',
    };
    for (const step of ['switchEncapsulation', 'restoreTokenHandler']) {
      assert.equal(await refused(step, { before }), 'order_refused');
    }
    assert.equal(await refused('readTokenHandler', {}), 'order_refused');
    const [host] = stack.hosts;
    assert.ok(host);
    const { felix, http } = consoleOf(host);
    try {
      // And not by an order either.
      await assert.rejects(felix.configuration('org.apache.sling'), /not for agents to read/);
      await assert.rejects(felix.write(before, 'x', 'y'), /not for agents to write/);
    } finally {
      http.close();
    }
  });

  it('gets no agent to ask another host, nor does an order', async () => {
    const asked: string[] = [];
    const hosts = [{ id: first().id, url: first().url }]; // alone, so that nothing is under way later
    const elsewhere = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const { port } = elsewhere.address() as AddressInfo;
    for (const path of [
      `http://127.0.0.1:${port}/x`,
      `//127.0.0.1:${port}/x`,
      `\\\\127.0.0.1:${port}/x`,
    ]) {
      const request = { url: first().url, watchedPaths: [path] };
      assert.equal(await refused('examineHost', request), 'order_refused');
      const { failure } = await stack.roll({ hosts, watchedPaths: [path] });
      assert.equal(failure?.details.code, 'path_elsewhere', failure?.message);
    }
    elsewhere.close();
    assert.deepEqual(asked, []);
  });

  it('has no key read, replaced or put back', async () => {
    const keys = await keysOf(stack.farm);
    const ref = { rollout: 'x', bundle: 0, for: first().id, keys: {}, sealed: 'x' };
    for (const step of ['readKeys', 'writeKeys', 'backUpKeys', 'restoreKeys', 'activateKeys']) {
      assert.equal(await refused(step, ref), 'order_refused', step);
    }
    assert.deepEqual(await keysOf(stack.farm), keys);
  });

  it('can use no order for another step or host, none of other keys, and none that is old', async () => {
    const [, second] = stack.farm.instances;
    const order = await sealedFor('restoreKeys', {});
    assert.equal(await refused('activateKeys', { order }), 'order_refused');
    assert.equal(await refused('restoreKeys', { order }, second?.id), 'order_refused');
    const old = await sealedFor('restoreKeys', { notAfter: Date.now() - 1 });
    assert.equal(await refused('restoreKeys', { order: old }), 'order_expired');
    const request = requestFor(stack.farm, { farm: 'forged' });
    const { orders } = await sealOrders(KeyRing.generate(), request);
    const [forged] = orders[first().id]?.['back:restoreKeys'] ?? [];
    assert.equal(await refused('restoreKeys', { order: forged }), 'sealed_value');
  });

  it('can repeat no order of a roll-out that runs, and use none of one that is over', async () => {
    const handle = await stack.startRollout({ approveEach: true });
    const { orders } = await mandateOf(handle.workflowId);
    const mine = orders[first().id] ?? {};
    const examine = async () =>
      (await handle.query<{ waitingFor?: string }>('progress')).waitingFor;
    await eventually(examine, 'it waits for a word');
    assert.equal(await refused('examineHost', { order: mine['examineHost']?.[0] }), 'order_used');

    await handle.cancel();
    await ended(handle);
    const rest = [
      ['back:restoreKeys', 'restoreKeys'],
      ['activateKeys:restart', 'activateKeys'],
      ['switchEncapsulation', 'switchEncapsulation'],
      ['examineHost', 'examineHost'],
    ] as const;
    for (const [name, step] of rest) {
      const order = mine[name]?.at(-1);
      assert.ok(order, name);
      assert.equal(await refused(step, { order }), 'rollout_ended', name);
    }
  });

  it('can have no pair of keys of another roll-out written', async () => {
    const { report, workflowId } = await stack.roll();
    assert.equal(report?.outcome, 'done');
    const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
    const texts = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: asked }) =>
      asked?.activityType?.name === 'writeKeys'
        ? [Buffer.from(asked.input?.payloads?.[0]?.data ?? []).toString()]
        : [],
    );
    const [old] = texts.map((text) => (JSON.parse(text) as { sealed: string }).sealed);
    assert.ok(old);
    const [, second] = stack.farm.instances;
    const order = await sealedFor('writeKeys', { rollout: 'another' }, second?.id);
    const keys = await keysOf(stack.farm);
    assert.equal(await refused('writeKeys', { order, sealed: old }, second?.id), 'sealed_value');
    assert.deepEqual(await keysOf(stack.farm), keys);
  });
});

describe('what an agent remembers of orders', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'devicepass-ledger-'))));
  after(async () => rm(folder, { recursive: true }));
  const code = (expected: string) => (error: unknown) =>
    error instanceof KeyRolloutError && error.code === expected;

  it('lets a step that is tried again take its order again, and nobody else', async () => {
    const ledger = () => new Ledger(folder, 'rollout');
    await ledger().take('one', { activity: 'run 1', attempt: 1 });
    await ledger().take('one', { activity: 'run 1', attempt: 2 });
    for (const user of [
      { activity: 'run 1', attempt: 2 },
      { activity: 'run 1', attempt: 1 },
      { activity: 'run 2', attempt: 3 },
    ]) {
      await assert.rejects(ledger().take('one', user), code('order_used'));
    }
    await ledger().end();
    const late = { activity: 'run 1', attempt: 3 };
    await assert.rejects(ledger().take('one', late), code('rollout_ended'));
    await new Ledger(folder, 'other').take('one', late);
  });

  it('names no file outside of its folder', () => {
    for (const name of ['../x', '', 'a/b', '.']) assert.throws(() => new Ledger(folder, name));
  });
});
