import { type NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/common';
import type { Wanted } from './activities/await-profile.ts';
import { createActivities, createAemActivities, Waits } from './activities/index.ts';
import { type AemEnvironment, createAemEnvironment } from './aem-environment.ts';
import { createAdobePass } from './adobe-pass/index.ts';
import { type App, type Config, ConfigError, readApps, readConfig } from './config.ts';
import { createLogger, type Logger } from './log.ts';
import { KeyRing } from './sealing/index.ts';
import { ensureSearchAttributes } from './temporal/search-attributes.ts';
import { connectNative } from './temporal/connect.ts';
import { mustBeOneEnvironment, workerIdentity } from './temporal/one-owner.ts';
import { installRuntime } from './temporal/runtime.ts';
import { logImsEvent } from './ims-log.ts';
import { bundleWorkflows } from './workflow-bundle.ts';
import { aemQueue, heartbeatTimeoutMs, loginQueue } from './workflows/activity-options.ts';

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
 * Two workers in one process, three where AEM is configured. The first answers: workflows, and the
 * local activities of interactive calls. The second waits: one long activity a device that shows a
 * code, on a queue of its own. The third reads catalogues.
 */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { config, connection, namespace } = settings;
  const aem = aemOf(settings);
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
  const activities = createActivities({
    adobePass,
    keys: settings.keys,
    app: (name) => appOf(settings.apps, name),
    config,
    waits: new Waits(),
  });
  const answering = await Worker.create({
    connection,
    namespace,
    taskQueue: config.taskQueue,
    identity: workerIdentity(url),
    workflowBundle: settings.workflowBundle ?? (await bundleWorkflows()),
    activities,
    // A killed worker is replaced in 5 s instead of 10, together with workflowTaskTimeout.
    stickyQueueScheduleToStartTimeout: '2 s',
    // All of them are local: nobody else's workflow gets at them by this queue.
    enableNonLocalActivities: false,
    maxConcurrentWorkflowTaskExecutions: 200,
    maxConcurrentLocalActivityExecutions: 400,
    maxCachedWorkflows: 2_000,
    shutdownGraceTime: '8 s',
  });
  const heartbeatMs = heartbeatTimeoutMs(config.pollIntervalMs);
  const waiting = await Worker.create({
    connection,
    namespace,
    taskQueue: loginQueue(config.taskQueue),
    activities: { awaitProfile: (wanted: Wanted) => activities.awaitProfile(wanted) },
    maxConcurrentActivityTaskExecutions: 20_000,
    // One interval short of the time-out: a worker that takes over never asks too early.
    maxHeartbeatThrottleInterval: heartbeatMs - config.pollIntervalMs,
    shutdownGraceTime: 0,
  });
  const workers = [answering, waiting, ...(aem ? [await auditing(settings, aem)] : [])];
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const done = Promise.all(
    workers.map(async (worker) => {
      // One that breaks takes the other along: half a worker would look healthy and not be.
      await worker.run().finally(stop);
    }),
  ).finally(() => {
    adobePass.close();
    aem?.close();
  });
  return {
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
  installRuntime(logger);
  const { connection, namespace } = await connectNative();
  try {
    const worker = await startWorker({ config, apps, keys, connection, namespace, logger });
    logger.info(
      { taskQueue: config.taskQueue, apps: [...apps.keys()], keyIds: keys.ids },
      'worker runs',
    );
    await worker.done;
    logger.info('worker stopped');
  } finally {
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
