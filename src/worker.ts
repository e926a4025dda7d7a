import { type NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import {
  createActivities,
  createAemActivities,
  createManagementActivities,
  WaitingRoom,
} from './activities/index.ts';
import { type AdobeManagement, createManagement } from './adobe-management/index.ts';
import { type AemEnvironment, createAemEnvironment } from './aem-environment.ts';
import { createAdobePass } from './adobe-pass/index.ts';
import { type App, type Config, ConfigError, readApps, readConfig } from './config.ts';
import { type ManagementSettings, readManagementStatement } from './management-settings.ts';
import { createLogger, type Logger } from './log.ts';
import { KeyRing } from './sealing/index.ts';
import { ensureSearchAttributes } from './temporal/search-attributes.ts';
import { connectNative } from './temporal/connect.ts';
import { mustBeOneEnvironment, workerIdentity } from './temporal/one-owner.ts';
import { installRuntime } from './temporal/runtime.ts';
import { logImsEvent } from './ims-log.ts';
import { watchOverCertificates } from './user-metadata-log.ts';
import { bundleWorkflows, withStackFrames } from './workflow-bundle.ts';
import { callDevice, callWaiting } from './temporal/rooms.ts';
import { openRoom } from './waiting-room.ts';
import { aemQueue, managementQueue } from './workflows/activity-options.ts';
import type { RoomClosed } from './workflows/messages.ts';

export interface WorkerSettings {
  config: Config;
  apps: ReadonlyMap<string, App>;
  keys: KeyRing;
  connection: NativeConnection;
  namespace: string;
  /** Made once and shared where several workers run in one process, for it takes seconds. */
  workflowBundle?: WorkflowBundle;
  logger?: Logger;
}

/** Running workers. */
export interface RunningWorker {
  /** Resolves when all have stopped, rejects when one breaks. */
  done: Promise<void>;
  /** Finishes short calls, hands long waits to other workers. */
  stop: () => Promise<void>;
}

/**
 * Two workers in one process, one more where AEM is configured, and one where TempPass may be reset. The first answers: workflows, and the
 * local activities that are the requests to Adobe. The second, on a queue of this process alone, says
 * that the process lives in whose waiting room devices wait. The third reads catalogues.
 *
 * @returns with the name of the room, as the search attribute `DevicepassRoom` has it
 */
export async function startWorker(
  settings: WorkerSettings,
): Promise<RunningWorker & { room: string }> {
  const { config, connection, namespace } = settings;
  const aem = aemOf(settings);
  const management = config.management && managementOf(config.adobePass, config.management);
  const { url } = config.adobePass;
  await mustBeOneEnvironment(connection, { namespace, taskQueue: config.taskQueue, url });
  await ensureSearchAttributes(connection, namespace);
  const adobePass = createAdobePass({
    baseUrl: config.adobePass.url,
    browserOrigins: config.adobePass.origins,
    deviceHeadersEverywhere: config.adobePass.deviceHeadersEverywhere,
    requestTimeoutMs: config.adobePass.requestTimeoutMs,
    throttle: config.adobePass.throttle,
  });
  const client = new Client({ connection, namespace });
  const access = {
    adobePass,
    keys: settings.keys,
    app: (name: string) => appOf(settings.apps, name),
    config,
  };
  const waiting = new WaitingRoom({
    ...access,
    call: async (workflowId, code) => callDevice(client, workflowId, code),
    log: (workflowId, error) =>
      settings.logger?.warn({ workflowId, error: String(error) }, 'device could not be called'),
  });
  const activities = {
    ...createActivities({ ...access, room: waiting }),
    callWaiting: async (closed: RoomClosed, page?: string) => callWaiting(client, closed, page),
  };
  const answering = await Worker.create({
    connection,
    namespace,
    taskQueue: config.taskQueue,
    identity: workerIdentity(url),
    workflowBundle: withStackFrames(
      settings.workflowBundle ?? (await bundleWorkflows()),
      config.stackFrames,
    ),
    activities,
    // A killed worker is replaced in 5 s instead of 10, together with workflowTaskTimeout.
    stickyQueueScheduleToStartTimeout: '2 s',
    // All of them are local: nobody else's workflow gets at them by this queue.
    enableNonLocalActivities: false,
    maxConcurrentWorkflowTaskExecutions: config.workflowTaskSlots,
    maxConcurrentWorkflowTaskPolls: config.workflowTaskPollers,
    maxConcurrentLocalActivityExecutions: config.requestSlots,
    maxCachedWorkflows: config.cachedDevices,
    shutdownGraceTime: '8 s',
  });
  const { taskQueue } = config;
  const room = await openRoom(waiting, {
    connection,
    client,
    namespace,
    taskQueue,
    log: (message, fields) => settings.logger?.warn(fields, message),
  });
  const workers = [
    answering,
    room.worker,
    ...(aem ? [await auditing(settings, aem)] : []),
    ...(management ? [await managing(settings, management)] : []),
  ];
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    room.close();
  };
  const running = workers.map(async (worker) => {
    // One that breaks takes the other along: half a worker would look healthy and not be.
    await worker.run().finally(stop);
  });
  const done = Promise.all([...running, room.keepOpen()]).finally(() => {
    adobePass.close();
    aem?.close();
    management?.close();
  });
  return {
    room: waiting.id,
    done: done.then(() => {}),
    stop: async () => {
      stop();
      await done;
    },
  };
}

function aemOf({ config, logger }: WorkerSettings): AemEnvironment | undefined {
  return config.aem && createAemEnvironment(config.aem, (event) => logImsEvent(event, logger));
}

/** The third worker: slow work on AEM, where there is one. */
async function auditing(
  { config, connection, namespace }: WorkerSettings,
  aem: AemEnvironment,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: aemQueue(config.taskQueue),
    activities: createAemActivities(aem),
    maxConcurrentActivityTaskExecutions: 4,
    // Another worker goes on where the heartbeat says.
    shutdownGraceTime: 0,
  });
}

/** The fourth worker: resets of trials, where there is a statement for them. */
async function managing(
  { config, connection, namespace, apps, keys }: WorkerSettings,
  management: AdobeManagement,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: managementQueue(config.taskQueue),
    activities: createManagementActivities({
      management,
      keys,
      app: (name) => appOf(apps, name),
    }),
    maxConcurrentActivityTaskExecutions: 4,
    shutdownGraceTime: '8 s',
  });
}

/**
 * Adobe's management API by the settings.
 *
 * @throws ConfigError where its software statement can't be read
 */
export function managementOf(
  { url: registrationUrl }: Pick<Config['adobePass'], 'url'>,
  settings: ManagementSettings,
): AdobeManagement {
  readManagementStatement(settings); // better now than at night
  return createManagement({
    registrationUrl,
    managementUrl: settings.url,
    softwareStatement: () => readManagementStatement(settings),
  });
}

function appOf(apps: ReadonlyMap<string, App>, name: string): App {
  const app = apps.get(name);
  if (app) return app;
  throw ApplicationFailure.create({
    type: 'unknown_app',
    message: `no app named ${JSON.stringify(name)} is configured: known are ${[...apps.keys()].join(', ')}`,
    nonRetryable: true,
    details: [{ action: 'configuration' }],
  });
}

/**
 * The worker process: settings from the environment, until SIGTERM or SIGINT.
 *
 * @throws ConfigError when a setting is missing or wrong
 */
export async function runWorker(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const apps = readApps(config.appsFile);
  const keys = keyRing(config);
  const logger = createLogger(config.logLevel);
  const certificates = watchOverCertificates(config, logger);
  installRuntime(logger);
  const { connection, namespace } = await connectNative();
  try {
    const worker = await startWorker({ config, apps, keys, connection, namespace, logger });
    logger.info(
      { taskQueue: config.taskQueue, apps: [...apps.keys()], keyIds: keys.ids, room: worker.room },
      'worker runs',
    );
    await worker.done;
    logger.info('worker stopped');
  } finally {
    certificates.stop();
    await connection.close();
  }
}

/** The key ring of the settings. Only a development worker may make its own on the spot. */
export function keyRing({ keys, insecureDev }: Pick<Config, 'keys' | 'insecureDev'>): KeyRing {
  if (keys) return KeyRing.parse(keys, 'DEVICEPASS_KEYS');
  if (insecureDev) return KeyRing.generate();
  throw new ConfigError(
    'DEVICEPASS_KEYS is not set: make a key with `devicepass keys generate` (secrets cross Temporal sealed with it)',
  );
}
