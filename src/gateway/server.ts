import { once } from 'node:events';
import type { Client } from '@temporalio/client';
import { connect } from '../client.ts';
import { ConfigError, readConfig } from '../config.ts';
import { createLogger } from '../log.ts';
import { readMediaTokenSettings } from '../media-token-settings.ts';
import { KeyRing } from '../sealing/index.ts';
import { readServiceTokens } from '../service-token-settings.ts';
import { connectClient } from '../temporal/connect-client.ts';
import { mustBeOneEnvironment } from '../temporal/one-owner.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { watchOverCertificates } from '../user-metadata-log.ts';
import { RETURN_PATH } from './activation/index.ts';
import { createGateway } from './app.ts';
import { readGatewaySettings } from './settings.ts';

/**
 * The gateway process: settings from the environment, until SIGTERM or SIGINT.
 *
 * @param connecting how to reach Temporal, for who wants to see what is asked of it
 * @throws ConfigError when a setting is missing or wrong, or Temporal can't be reached
 */
export async function runGateway(
  env: NodeJS.ProcessEnv,
  connecting: () => Promise<{ client: Client }> = connectClient,
): Promise<void> {
  const config = readConfig(env);
  const settings = readGatewaySettings(env);
  if (!config.keys) {
    throw new ConfigError(
      'DEVICEPASS_KEYS is not set: give the gateway the key ring of the workers',
    );
  }
  const sealingKeys = KeyRing.parse(config.keys, 'DEVICEPASS_KEYS');
  keepApart(sealingKeys, settings.clientKeys);
  const logger = createLogger(config.logLevel);
  // TVs get user metadata as Adobe gives it: nothing is decrypted here.
  const certificates = watchOverCertificates(config, logger);
  const serviceTokens = readServiceTokens(env);
  installRuntime(logger);
  const { client: temporal } = await connecting();
  const { namespace } = temporal.options;
  await mustBeOneEnvironment(temporal.connection, {
    namespace,
    taskQueue: config.taskQueue,
    url: config.adobePass.url,
  });
  const pass = await connect({
    keys: sealingKeys,
    temporal,
    taskQueue: config.taskQueue,
    answerWithinMs: config.timeBudgetMs + 1_000,
    returnUrl: settings.issuer + RETURN_PATH,
    adobePassUrl: config.adobePass.url,
    maxConfigurationBytes: config.adobePass.maxConfigurationBytes,
    mvpds: config.mvpds,
    aem: config.aem,
    mediaTokens: readMediaTokenSettings(env),
    serviceTokens,
  });
  const app = await createGateway({
    settings,
    pass,
    sealingKeys,
    adobePassUrl: config.adobePass.url,
    adobePassOrigins: config.adobePass.origins,
    ready: () => readiness(temporal),
    logger,
  });
  try {
    const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    await app.listen({ host: settings.host, port: settings.port });
    logger.info({ issuer: settings.issuer, port: settings.port }, 'gateway runs');
    await stopped;
    logger.info('gateway stops');
    app.drain();
    // Load balancers look at `/readyz` every few seconds: time to notice before we close.
    await new Promise((resolve) => setTimeout(resolve, settings.drainMs));
  } finally {
    certificates.stop();
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

/**
 * Who learns the keys of one purpose must not have those of another.
 *
 * @throws ConfigError
 */
export function keepApart(sealing: KeyRing, clients: KeyRing): void {
  const secrets = (ring: KeyRing) =>
    ring
      .export()
      .split(',')
      .map((key) => key.replace(/^.*:/, ''));
  const known = new Set(secrets(sealing));
  if (!secrets(clients).some((secret) => known.has(secret))) return;
  throw new ConfigError(
    'GATEWAY_CLIENT_KEYS has a key of DEVICEPASS_KEYS: make others with `devicepass gateway keys`',
  );
}
