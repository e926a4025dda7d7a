import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { startWorker } from '../../src/worker.ts';
import { PHASE } from '../../src/workflows/search-attributes.ts';
import { eventually, sharedTemporal, type Stack } from '../../test/support/stack.ts';

export type Tv = ReturnType<Stack['tv']>;

export const MVPD = { id: 'NorthCable', displayName: 'North Cable' };

/** Shows a code with the provider chosen; the answer is the page to sign in. */
export async function showCode(tv: Tv): Promise<string> {
  const standing = await tv.authenticate({ mvpd: MVPD });
  assert.ok(standing.status === 'pending' && standing.url);
  return standing.url;
}

/**
 * Waits for a phase as operators see it. No query asks for it: one that arrives while a local
 * activity runs can leave a history behind that does not replay (seen once in 50 logins).
 */
export async function until(stack: Stack, tv: Tv, phase: string): Promise<void> {
  const handle = stack.client.workflow.getHandle(tv.workflowId);
  await eventually(
    async () => (await handle.describe()).typedSearchAttributes.get(PHASE) === phase,
    `the device is ${phase}`,
    15_000,
  );
}

export async function signIn(stack: Stack, tv: Tv): Promise<void> {
  await signInAsViewer(await showCode(tv));
  await tv.browserReturned();
  await until(stack, tv, 'signed-in');
}

/** Sends requests while no worker runs, then starts one: so all of them are in one workflow task. */
export async function atOnce(
  stack: Stack,
  send: () => Promise<unknown>[],
): Promise<PromiseSettledResult<unknown>[]> {
  await stack.worker.stop();
  const answers = Promise.allSettled(send());
  // Nobody but the server knows of updates that wait for a worker: a moment has to do.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { native, bundle } = await sharedTemporal();
  stack.worker = await startWorker({
    config: stack.config,
    apps: stack.apps,
    keys: stack.keys,
    connection: native,
    namespace: 'default',
    workflowBundle: bundle,
  });
  return answers;
}
