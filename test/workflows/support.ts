import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { DeviceClient, DeviceOptions, Standing, Waiting } from '../../src/client.ts';
import { DevicePassError } from '../../src/client.ts';
import type { AuthenticateOptions, WatchOptions } from '../../src/client.ts';
import type { Fault, Operation, RecordedRequest } from '../../src/sandbox/index.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, freshIp, type Stack } from '../support/stack.ts';

/** A TV, and what the sandbox heard from its address. */
export interface Tv {
  tv: DeviceClient;
  options: Pick<DeviceOptions, 'id' | 'ip'>;
  sent: (...operations: Operation[]) => RecordedRequest[];
  /** The operations of all requests so far, in order. */
  operations: () => string[];
}

export function newTv(stack: Stack, given: Partial<DeviceOptions> = {}): Tv {
  const options = { id: randomUUID(), ip: freshIp(), ...given };
  const heard = () => stack.sandbox.requests.filter(({ ip }) => ip === options.ip);
  return {
    tv: stack.tv(options),
    options,
    sent: (...wanted) => heard().filter(({ operation }) => wanted.some((one) => one === operation)),
    operations: () => heard().map(({ operation }) => operation),
  };
}

export function asPending(standing: Standing): Waiting {
  assert.ok(standing.status === 'pending', `pending, not ${JSON.stringify(standing)}`);
  return standing;
}

/** Asks for a code with a provider chosen. */
export async function showCode(
  tv: DeviceClient,
  options: AuthenticateOptions = { mvpd: { id: 'NorthCable' } },
): Promise<Waiting & { url: string }> {
  const waiting = asPending(await tv.authenticate(options));
  assert.ok(waiting.url);
  return { ...waiting, url: waiting.url };
}

export async function untilStatus(
  tv: DeviceClient,
  status: Standing['status'],
  withinMs = 10_000,
): Promise<Awaited<ReturnType<DeviceClient['view']>>> {
  return eventually(
    async () => {
      const view = await tv.view();
      return view.standing.status === status && view;
    },
    `the device is ${status}`,
    withinMs,
  );
}

/** As Adobe denies where a login by the home's network does not suffice, though the profile holds. */
export const HOME_DENIAL = {
  code: 'authorization_denied_by_hba_policies',
  action: 'authentication',
  status: 403,
  message: 'The network of your home does not suffice.',
};

/** Has the sandbox answer one TV otherwise, nine times unless a fault says how often. */
export function answersOf(stack: () => Stack) {
  type Of = NonNullable<Fault['operation']>;
  const answer = (
    { options: { ip } }: Tv,
    operation: Of,
    fault: Partial<Fault> & Pick<Fault, 'kind'>,
  ) => stack().sandbox.faults.set({ operation, ip, times: 9, ...fault });
  const answerBody = (device: Tv, operation: Of, body: object) =>
    answer(device, operation, { kind: 'body', body: JSON.stringify(body) });
  const denies = (device: Tv, operation: 'authorize' | 'preauthorize', ...errors: object[]) =>
    answerBody(device, operation, {
      decisions: errors.map((error, index) => ({
        resource: `channel-${index}`,
        authorized: false,
        source: 'mvpd',
        error,
      })),
    });
  return { answer, answerBody, denies };
}

/** From nothing to signed in. */
export async function signIn(
  tv: DeviceClient,
  { mvpd = 'NorthCable', username }: { mvpd?: string; username?: string } = {},
): Promise<void> {
  const { url } = await showCode(tv, { mvpd: { id: mvpd } });
  await signInAsViewer(url, username === undefined ? {} : { username });
  await tv.browserReturned();
  await untilStatus(tv, 'signed-in');
}

/** The typed error of a call that must fail. */
export async function errorOf(call: Promise<unknown>): Promise<DevicePassError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof DevicePassError, `a DevicePassError, not ${String(error)}`);
    return error;
  }
  assert.fail('the call should have failed');
}

/** The history of a device's present run. */
export async function eventsOf(stack: Stack, tv: DeviceClient): Promise<string[]> {
  const { EventType } = temporal.api.enums.v1;
  return (await historyOf(stack, tv)).map(({ eventType }) =>
    (EventType[eventType ?? 0] ?? 'unknown').replace('EVENT_TYPE_', ''),
  );
}

/**
 * The present run, without the tasks that only keep a slow local activity alive: on a busy machine
 * any call may take the 4 s after which the SDK begins another, with nothing from outside before it.
 */
export async function historyOf(
  stack: Stack,
  { workflowId }: DeviceClient,
): Promise<temporal.api.history.v1.IHistoryEvent[]> {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
  const all = events ?? [];
  const { EventType } = temporal.api.enums.v1;
  const did = (index: number, type: temporal.api.enums.v1.EventType) =>
    all[index]?.eventType === type;
  const keepingAlive = all.flatMap((_event, index) => {
    const fromWithin =
      did(index - 1, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) ||
      did(index - 1, EventType.EVENT_TYPE_MARKER_RECORDED);
    return did(index, EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) && fromWithin
      ? [index, index + 1, index + 2]
      : [];
  });
  return all.filter((_event, index) => !keepingAlive.includes(index));
}

/**
 * Sends requests while the device's workflow is busy with a slow one, so that all of them arrive
 * together with its next task, in this order. The viewer must be signed in.
 */
export async function together<T>(
  { sandbox }: Stack,
  { tv, sent, options }: Tv,
  ...requests: (() => Promise<T>)[]
): Promise<PromiseSettledResult<T>[]> {
  const before = sent('preauthorize').length;
  sandbox.faults.set({ operation: 'preauthorize', kind: 'latency', ms: 1_500, ip: options.ip });
  const busy = tv.preauthorize([randomUUID()]);
  await eventually(() => sent('preauthorize').length > before, 'the device is busy');
  const sending: Promise<T>[] = [];
  for (const request of requests) {
    sending.push(request());
    // Each needs a moment to seal what it sends, and must not overtake the one before it.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const results = Promise.allSettled(sending);
  await busy;
  return results;
}

/** The value of a call that must have worked. */
export function fulfilled<T>(result: PromiseSettledResult<T> | undefined): T {
  if (result?.status === 'fulfilled') return result.value;
  throw result?.reason ?? new Error('no such result');
}

/** Collects what `watch` tells, until it is stopped. */
export function watch(
  tv: DeviceClient,
  options: Pick<WatchOptions, 'authenticate'> = {},
): { seen: Standing[]; stop: () => Promise<void> } {
  const controller = new AbortController();
  const seen: Standing[] = [];
  const done = (async () => {
    const standings = tv.watch({ ...options, signal: controller.signal });
    for await (const standing of standings) seen.push(standing);
  })();
  return {
    seen,
    stop: async () => {
      controller.abort();
      await done;
    },
  };
}
