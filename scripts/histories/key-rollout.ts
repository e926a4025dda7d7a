import assert from 'node:assert/strict';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { eventually } from '../../test/support/stack.ts';
import { type FarmStack, startFarmStack } from '../../test/key-rollout/support.ts';
import { approve, pause, progress, resume } from '../../src/workflows/key-rollout/messages.ts';
import { type HistoryJson, readable } from './clean.ts';

type Kept = Record<string, string>;

/** A roll-out that waits for a word before each step, and is paused once. */
export async function keysRolledOut(): Promise<Kept> {
  return onFarm(async (stack) => {
    const handle = await stack.startRollout({ approveEach: true });
    const waitsFor = async (step: string) =>
      eventually(
        async () => (await handle.query(progress)).waitingFor === step,
        `it waits for ${step}`,
      );
    const [first, second, third] = stack.farm.instances.map(({ id }) => id);
    assert.ok(first && second && third);
    await waitsFor(second);
    await handle.executeUpdate(pause);
    await handle.executeUpdate(approve, { args: [second] });
    await handle.executeUpdate(resume);
    const switches = [first, second, third].map((id) => `encapsulation:${id}`);
    for (const step of [third, ...switches]) {
      await waitsFor(step);
      await handle.executeUpdate(approve, { args: [step] });
    }
    assert.equal((await handle.result()).outcome, 'done');
    return { 'keys-rolled-out': handle.workflowId };
  });
}

/** Stronger means are tried on one instance, in vain, and all goes back. */
export async function keysRolledBack(): Promise<Kept> {
  return onFarm(async (stack) => {
    const [, second] = stack.farm.instances;
    assert.ok(second);
    second.faults.set({ kind: 'refresh-keeps-keys-for-good' });
    const { failure, workflowId } = await stack.roll();
    assert.equal(failure?.type, 'rolled_back');
    return { 'keys-rolled-back': workflowId };
  });
}

async function onFarm(play: (stack: FarmStack) => Promise<Kept>): Promise<Kept> {
  const stack = await startFarmStack();
  const secrets = await stack.secrets();
  try {
    const kept = await play(stack);
    for (const workflowId of Object.values(kept)) {
      const history = await stack.client.workflow.getHandle(workflowId).fetchHistory();
      const text = readable(JSON.parse(historyToJSON(history)) as HistoryJson);
      for (const secret of [...secrets, ...stack.farm.tokens()]) {
        if (text.includes(secret)) throw new Error('a history holds a secret of the farm');
      }
    }
    return kept;
  } finally {
    await stack.stop();
  }
}
