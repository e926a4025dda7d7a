import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type Calls, createCalls } from '../../src/activities/calls.ts';
import {
  type Activities,
  createActivities,
  type Dependencies,
  WaitingRoom,
} from '../../src/activities/index.ts';
import type { RequestAsker } from '../../src/activities/requests/conversation.ts';
import type { Waiter, WaitResult } from '../../src/activities/poller.ts';
import type { Asker, AuthorizedAsker } from '../../src/activities/upstream.ts';
import {
  type AdobePassOptions,
  type ClientCredentials,
  createAdobePass,
} from '../../src/adobe-pass/index.ts';
import { type App, type Config, readConfig } from '../../src/config.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { KeyRing, ofDevice, seal, type Sealed } from '../../src/sealing/index.ts';
import { deviceWorkflowId } from '../../src/device-identity.ts';
import { FACTS, freshIp } from '../support/stack.ts';

const TASK_QUEUE = 'test';
/** Whose values a bench seals. */
export const DEVICE = { app: 'demo', deviceId: 'd3v1ce'.padEnd(64, '0') };

/** The activities on a sandbox of their own, with no Temporal around them. */
export interface Bench {
  sandbox: Sandbox;
  keys: KeyRing;
  room: WaitingRoom;
  /** Workflows that were called because their wait is over, with the code. */
  called: [workflowId: string, code: string][];
  /** Errors of the next calls. */
  unheard: Error[];
  activities: Activities;
  /** The single calls that activities are made of. */
  adobe: Calls;
  /** A device that nobody has registered, with an address of its own. */
  newcomer: (given?: Partial<Asker>) => Promise<Asker>;
  /** A device with credentials and an access token. */
  registered: (deviceId?: string) => Promise<Registered>;
  /** Runs an activity as Temporal would. */
  run: <T>(activity: () => Promise<T>, deviceId?: string) => Promise<T>;
  stop: () => Promise<void>;
}

export interface Registered extends AuthorizedAsker {
  credentials: Sealed<ClientCredentials>;
  ip: string;
}

export interface BenchOptions {
  sandbox?: SandboxOptions;
  /** A sandbox that runs already, and isn't stopped with the bench. */
  running?: Sandbox;
  keys?: KeyRing;
  adobePass?: Partial<AdobePassOptions>;
  config?: Partial<Config>;
}

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const sandbox = options.running ?? (await startSandbox({ throttle: false, ...options.sandbox }));
  const keys = options.keys ?? KeyRing.generate();
  const adobePass = createAdobePass({
    baseUrl: sandbox.url,
    throttle: false,
    ...options.adobePass,
  });
  const demo: App = {
    softwareStatement: sandbox.softwareStatement(),
    serviceProvider: 'REF30',
    domainName: 'example.com',
    redirectUrl: `${sandbox.url}/_sandbox/state`,
  };
  const called: Bench['called'] = [];
  const unheard: Bench['unheard'] = [];
  const access = {
    adobePass,
    keys,
    app: (name: string) => {
      if (name === 'demo') return demo;
      throw ApplicationFailure.nonRetryable(`no app ${name}`, 'unknown_app');
    },
    config: {
      ...readConfig({ ADOBE_PASS_URL: sandbox.url }),
      pollIntervalMs: 100,
      ...options.config,
    },
  };
  const room = new WaitingRoom({
    ...access,
    log: () => {},
    async call(workflowId, code) {
      const error = unheard.shift();
      if (error) throw error;
      called.push([workflowId, code]);
    },
  });
  const dependencies: Dependencies = { ...access, room };
  const activities = createActivities(dependencies);
  const adobe = createCalls(dependencies);

  const newcomer = async (given: Partial<Asker> = {}): Promise<Asker> => ({
    ...DEVICE,
    facts: FACTS,
    network: await seal(keys, { ip: freshIp() }, ofDevice('network', { ...DEVICE, ...given })),
    deadline: Date.now() + 7_000,
    ...given,
  });
  const run = async <T>(activity: () => Promise<T>, deviceId = DEVICE.deviceId): Promise<T> =>
    environment(workflowOf(deviceId)).run(activity);

  return {
    sandbox,
    keys,
    room,
    called,
    unheard,
    activities,
    adobe,
    newcomer,
    run,
    async registered(deviceId = DEVICE.deviceId) {
      const ip = freshIp();
      const network = await seal(keys, { ip }, ofDevice('network', { ...DEVICE, deviceId }));
      const asker = await newcomer({ deviceId, network });
      const { value: credentials } = await run(() => adobe.register(asker), deviceId);
      const { value } = await run(() => adobe.renewAccessToken(asker, credentials), deviceId);
      return { ...asker, ip, credentials, accessToken: value.accessToken };
    },
    async stop() {
      room.close();
      adobePass.close();
      if (!options.running) await sandbox.stop();
    },
  };
}

/** As the workflow of that device. */
export function workflowOf(deviceId: string) {
  const workflowId = deviceWorkflowId(TASK_QUEUE, { ...DEVICE, deviceId });
  return { taskQueue: TASK_QUEUE, workflowExecution: { workflowId, runId: 'run' } };
}

/** What an activity runs in. It logs nothing: a failure is what most of these tests want. */
export function environment(
  info: Partial<MockActivityEnvironment['context']['info']> = {},
): MockActivityEnvironment {
  return new MockActivityEnvironment(
    { ...workflowOf(DEVICE.deviceId), ...info },
    { logger: new DefaultLogger('ERROR') },
  );
}

/** A device that shows a code, and what its waiting room is told of it. */
export async function waitingDevice(
  { adobe, run }: Bench,
  device: Registered,
  mvpd = 'NorthCable',
): Promise<{ wanted: Waiter; url: string; code: string }> {
  const { value: session } = await run(
    () => adobe.createSession(device, { mvpd }),
    device.deviceId,
  );
  const { code, url, notAfter } = session;
  if (code === undefined || url === undefined || notAfter === undefined) {
    throw new Error(`the session has no code: ${JSON.stringify(session)}`);
  }
  const { deadline: _none, ip: _ip, credentials, accessToken: sealed, ...whose } = device;
  const registration = { credentials, accessToken: { sealed, expiresAt: 0 } };
  const { workflowId } = workflowOf(device.deviceId).workflowExecution;
  return {
    code,
    url,
    wanted: { ...whose, workflowId, registration, code, firstPollAt: Date.now(), notAfter },
  };
}

/** Lets a device wait, and takes what comes of it; nothing where nobody is called. */
export async function awaitLogin({ room }: Bench, wanted: Waiter): Promise<WaitResult | undefined> {
  await room.enter(wanted);
  for (;;) {
    const result = room.take(wanted, wanted.code);
    if (result || room.waitsFor(wanted) === undefined) return result;
    if (Date.now() >= wanted.notAfter + 100) {
      room.leave(wanted);
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** As a workflow asks for a device that is registered. */
export function asking({
  credentials,
  accessToken: sealed,
  ip: _ip,
  ...asker
}: Registered): RequestAsker {
  const accessToken = { sealed, expiresAt: Date.now() + 3_600_000 };
  return { ...asker, registration: { credentials, accessToken } };
}

/** Whether an activity ended because Temporal cancelled it. */
export function isCancelled(error: unknown): boolean {
  return error instanceof CancelledFailure;
}
