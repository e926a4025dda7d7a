import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type WorkflowBundle } from '@temporalio/worker';
import { startTemporal, type TemporalServer } from '../../src/cli/temporal-server.ts';
import {
  connect,
  type DeviceOptions,
  type DevicePass,
  KeyRing,
  type ServiceTokens,
} from '../../src/client.ts';
import { type App, type Config, readConfig } from '../../src/config.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { type RunningWorker, startWorker } from '../../src/worker.ts';
import { bundleWorkflows } from '../../src/workflow-bundle.ts';
import { given } from './shared-temporals.ts';

interface Shared {
  temporal: TemporalServer;
  client: Client;
  native: NativeConnection;
  bundle: WorkflowBundle;
}

let shared: Promise<Shared> | undefined;

/** A Temporal server and the bundled workflows, started once a test run. */
export async function sharedTemporal(): Promise<Shared> {
  shared ??= (async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    });
    const { temporal, bundle } = (await given()) ?? (await alone());
    const { address } = temporal;
    const client = new Client({ connection: await Connection.connect({ address }) });
    return { temporal, bundle, client, native: await NativeConnection.connect({ address }) };
  })();
  return shared;
}

/** Without others beside it a process starts its own. */
async function alone(): Promise<Pick<Shared, 'temporal' | 'bundle'>> {
  const [temporal, bundle] = await Promise.all([
    startTemporal({ onProgress: (message) => console.log(message) }),
    bundleWorkflows(),
  ]);
  return { temporal, bundle };
}

/** Stops what `sharedTemporal` started. */
export async function stopShared(): Promise<void> {
  const running = await shared;
  shared = undefined;
  await running?.client.connection.close();
  await running?.native.close();
  await running?.temporal.stop();
}

/** Everything that a lifecycle needs: sandbox, worker and client, on a task queue of its own. */
export interface Stack {
  /** The app of second screens: its workflow belongs to this stack's queue alone. */
  activation: string;
  sandbox: Sandbox;
  config: Config;
  keys: KeyRing;
  /** A test may add to them. */
  apps: Map<string, App>;
  worker: RunningWorker;
  /** Stops the worker and starts another, as a deployment does. */
  redeploy: () => Promise<void>;
  pass: DevicePass;
  client: Client;
  /** A TV with an id and an address of its own. */
  tv: (options?: Partial<DeviceOptions>) => ReturnType<DevicePass['device']>;
  stop: () => Promise<void>;
}

export const FACTS = {
  model: 'Test TV',
  version: '2026',
  osName: 'Linux',
  osVersion: '6.1',
  connectionType: 'LAN',
} as const;

export interface StackOptions {
  sandbox?: SandboxOptions;
  /** Replaces settings; the poll interval is 1 s unless it is given. */
  config?: Partial<Config>;
  adobePass?: Partial<Config['adobePass']>;
  returnUrl?: string;
  serviceTokens?: ServiceTokens;
}

let address = 0;
/** A fresh documentation address (RFC 5737), so that no test meets another's rate limit. */
export function freshIp(): string {
  address += 1;
  return `198.51.${100 + Math.floor(address / 250)}.${(address % 250) + 1}`;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { client, native, bundle } = await sharedTemporal();
  const sandbox = await startSandbox(options.sandbox);
  const settings = readConfig({ ADOBE_PASS_URL: sandbox.url });
  const config: Config = {
    ...settings,
    adobePass: { ...settings.adobePass, ...options.adobePass },
    taskQueue: `test-${randomUUID()}`,
    pollIntervalMs: 1_000,
    ...options.config,
  };
  const keys = KeyRing.generate();
  const app = {
    serviceProvider: 'REF30',
    domainName: 'example.com',
    redirectUrl: 'http://127.0.0.1:9/done',
  };
  const activation = `activation-${randomUUID()}`;
  const apps = new Map<string, App>([
    ['demo', { ...app, softwareStatement: sandbox.softwareStatement() }],
    [activation, { ...app, softwareStatement: sandbox.softwareStatement() }],
  ]);
  const another = async () =>
    startWorker({
      config,
      apps,
      keys,
      connection: native,
      namespace: 'default',
      workflowBundle: bundle,
    });
  const worker = await another();
  const pass = await connect({
    keys,
    temporal: client,
    taskQueue: config.taskQueue,
    adobePassUrl: sandbox.url,
    returnUrl: options.returnUrl ?? 'http://127.0.0.1:9/return',
    mvpds: config.mvpds,
    aem: config.aem,
    serviceTokens: options.serviceTokens,
  });
  const stack: Stack = {
    activation,
    sandbox,
    config,
    keys,
    apps,
    worker,
    pass,
    client,
    tv: (device = {}) =>
      pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp(), ...device }),
    async redeploy() {
      await stack.worker.stop();
      stack.worker = await another();
    },
    async stop() {
      await pass.close();
      await stack.worker.stop();
      await sandbox.stop();
    },
  };
  return stack;
}

/** Waits until a check holds, instead of sleeping. */
export async function eventually<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  withinMs = 10_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
