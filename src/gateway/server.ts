import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { connect } from '../client.ts';
import { ConfigError, readConfig } from '../config.ts';
import { createLogger } from '../log.ts';
import { KeyRing } from '../sealing/index.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { RETURN_PATH } from './activation/index.ts';
import { createGateway } from './app.ts';
import { readGatewaySettings } from './settings.ts';

/** Load balancers look at `/readyz` every few seconds: time to notice before we close. */
const DRAIN_MS = 1_000;

/**
 * The gateway process: settings from the environment, until SIGTERM or SIGINT.
 *
 * @throws ConfigError when a setting is missing or wrong, or Temporal can't be reached
 */
export async function runGateway(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  const settings = readGatewaySettings(env);
  if (!config.keys) {
    throw new ConfigError(
      'DEVICEPASS_KEYS is not set: give the gateway the key ring of the workers',
    );
  }
  const sealingKeys = KeyRing.parse(config.keys);
  const logger = createLogger(config.logLevel);
  installRuntime(logger);
  const temporal = await connectTemporal();
  const pass = await connect({
    keys: sealingKeys,
    temporal,
    taskQueue: config.taskQueue,
    answerWithinMs: config.timeBudgetMs + 1_000,
    returnUrl: settings.issuer + RETURN_PATH,
    adobePassUrl: config.adobePass.url,
    mvpds: config.mvpds,
  });
  const app = await createGateway({
    settings,
    pass,
    sealingKeys,
    adobePassUrl: config.adobePass.url,
    ready: () => readiness(temporal),
    logger,
  });
  try {
    const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    await app.listen({ host: settings.host, port: settings.port });
    logger.info({ issuer: settings.issuer, port: settings.port }, 'gateway runs');
    await stopped;
    logger.info('gateway stops');
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
  } finally {
    await app.close();
    await pass.close();
    await temporal.connection.close();
  }
}

/** @throws when Temporal does not answer for our namespace within two seconds */
export async function readiness(temporal: Client): Promise<void> {
  const { namespace } = temporal.options;
  await temporal.withDeadline(Date.now() + 2_000, () =>
    temporal.workflowService.describeNamespace({ namespace }),
  );
}

async function connectTemporal(): Promise<Client> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  try {
    return new Client({ connection: await Connection.connect(connectionOptions), namespace });
  } catch {
    throw new ConfigError(
      `Temporal at ${connectionOptions.address ?? 'localhost:7233'} can't be reached: start it, or set TEMPORAL_ADDRESS`,
    );
  }
}
