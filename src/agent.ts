import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createHostActivities } from './activities/key-rollout/index.ts';
import { onlyOne } from './agent/only-one.ts';
import { type AgentSettings, readAgentSettings } from './agent/settings.ts';
import { ConfigError } from './config.ts';
import { createHttp } from './http/index.ts';
import { createConsole, recover } from './key-rollout/index.ts';
import { createLogger, type Logger } from './log.ts';
import { connectNative } from './temporal/connect.ts';
import { agentIdentity, mustBeOneHost } from './temporal/one-owner.ts';
import { installRuntime } from './temporal/runtime.ts';
import type { RunningWorker } from './worker.ts';
import { hostQueue } from './workflows/activity-options.ts';

export interface AgentOptions {
  settings: AgentSettings;
  connection: NativeConnection;
  namespace: string;
  logger?: Logger;
  /** Told of each step when it is done and before anybody hears of it. */
  onStep?: (step: string) => void;
}

/**
 * The agent beside one AEM: a worker on a task queue of its own, which does one thing at a time. It
 * ends what a killed one may have left half done before it takes up anything new.
 *
 * @throws ConfigError when another agent works on the same host or has the same id, or there is no AEM in
 *   its folder
 */
export async function startAgent(options: AgentOptions): Promise<RunningWorker> {
  const { settings, connection, namespace, logger } = options;
  const { host, keys, certificateAuthorities } = settings;
  await mustHoldAem(host.installDir);
  const taskQueue = hostQueue(host.id);
  await mustBeOneHost(connection, { namespace, taskQueue, id: host.id });
  const lock = await onlyOne(host.backupDir);
  const http = createHttp(certificateAuthorities === undefined ? {} : { certificateAuthorities });
  try {
    const found = await recover(host.backupDir);
    if (found !== 'nothing') logger?.warn({ host: host.id, found }, 'took up a write of the keys');
    const onStep = (step: string) => {
      logger?.debug({ host: host.id, step }, 'step done');
      options.onStep?.(step);
    };
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      identity: agentIdentity(),
      activities: createHostActivities({
        host,
        felix: createConsole(host, http),
        http,
        keys,
        onStep,
      }),
      // Nothing on a host happens at the same time as something else.
      maxConcurrentActivityTaskExecutions: 1,
      shutdownGraceTime: '30 s',
    });
    const done = (async () => {
      try {
        await worker.run();
      } finally {
        http.close();
        await lock.release();
      }
    })();
    return {
      done,
      async stop() {
        if (worker.getState() === 'RUNNING') worker.shutdown();
        await done;
      },
    };
  } catch (error) {
    http.close();
    await lock.release();
    throw error;
  }
}

/** Before a folder of ours is made there. */
async function mustHoldAem(installDir: string): Promise<void> {
  const found = await stat(join(installDir, 'crx-quickstart')).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new ConfigError(
    `AEM_HOST_INSTALL_DIR is ${JSON.stringify(installDir)}: there is no folder crx-quickstart in it: give the folder that holds it, as a user that may read it`,
  );
}

/**
 * The agent process: settings from the environment, until SIGTERM or SIGINT.
 *
 * @throws ConfigError when a setting is missing or wrong
 */
export async function runAgent(
  env: NodeJS.ProcessEnv,
  onStep?: (step: string) => void,
): Promise<void> {
  const settings = readAgentSettings(env);
  const logger = createLogger(settings.logLevel);
  installRuntime(logger);
  const { connection, namespace } = await connectNative();
  try {
    const { id, url } = settings.host;
    const agent = await startAgent({
      settings,
      connection,
      namespace,
      logger,
      ...(onStep ? { onStep } : {}),
    });
    logger.info({ host: id, url, taskQueue: hostQueue(id) }, 'agent runs');
    await agent.done;
    logger.info({ host: id }, 'agent stopped');
  } finally {
    await connection.close();
  }
}
