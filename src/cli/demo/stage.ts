import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { KeyRing, type MediaTokenOptions } from '../../client.ts';
import { type App, type Config, readConfig } from '../../config.ts';
import { createLogger } from '../../log.ts';
import { readMediaTokenSettings } from '../../media-token-settings.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { connectClient } from '../../temporal/connect-client.ts';
import { connectNative } from '../../temporal/connect.ts';
import { installRuntime } from '../../temporal/runtime.ts';
import { startWorker } from '../../worker.ts';
import { forBrowsers, ownAddress } from '../own-address.ts';
import { startTemporal } from '../temporal-server.ts';
import { DEMO_APP, demoApps } from './apps.ts';
import { startCatalogue } from './catalogue.ts';
import { type DemoGateway, startGateway } from './gateway.ts';

/** Everything that the demo runs on, in one process but for Temporal. */
export interface Stage {
  temporal: Client;
  temporalAddress: string;
  app: App;
  gateway: DemoGateway;
  adobePassUrl: string;
  /** Unless `ADOBE_PASS_URL` names another Adobe Pass. */
  sandbox?: Sandbox;
  /** Of this demo alone. */
  taskQueue: string;
  /** Where its worker lets devices wait. */
  room: string;
  uiUrl?: string;
  stop: () => Promise<void>;
}

export interface StageOptions {
  host: string;
  progress: (message: string) => void;
  /** A browser came back from a provider. */
  onReturn: () => void;
  /** Nobody wants the stage any more: what has begun ends, and nothing else begins. */
  signal: AbortSignal;
}

/**
 * Starts what is missing: a Temporal server unless `TEMPORAL_ADDRESS` names one, the sandbox unless
 * `ADOBE_PASS_URL` names a host, and always a worker and a gateway on a queue of their own.
 *
 * @throws CommandError for a host that this machine does not have
 */
export async function setStage({ host, progress, onReturn, signal }: StageOptions): Promise<Stage> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    const address = forBrowsers(await ownAddress(host));
    installRuntime(createLogger('error'));
    progress('starting Temporal');
    const server = await startTemporal({ ui: true, onProgress: progress });
    stops.push(server.stop);
    signal.throwIfAborted();
    const { connection: native, namespace } = await connectNative(server.address);
    stops.push(() => native.close());
    progress(`Temporal is at ${server.address}`);

    const sandbox = process.env['ADOBE_PASS_URL']
      ? undefined
      : await startSandbox({ host: address });
    if (sandbox) stops.push(() => sandbox.stop());
    const config: Config = {
      ...readConfig({
        ...process.env,
        ADOBE_PASS_URL: process.env['ADOBE_PASS_URL'] || sandbox?.url,
      }),
      taskQueue: `devicepass-demo-${randomUUID()}`,
    };
    const apps = demoApps(config, sandbox);
    progress(`Adobe Pass is at ${config.adobePass.url}${sandbox ? ' (the sandbox)' : ''}`);

    const { client: temporal } = await connectClient({ address: server.address });
    stops.push(() => temporal.connection.close());
    const keys = config.keys ? KeyRing.parse(config.keys, 'DEVICEPASS_KEYS') : KeyRing.generate();
    signal.throwIfAborted();
    const worker = await startWorker({ config, apps, keys, connection: native, namespace });
    stops.push(() => worker.stop());

    signal.throwIfAborted();
    const catalogue = await startCatalogue(sandbox !== undefined);
    if (catalogue) stops.push(catalogue.stop);
    const aem = catalogue?.settings;
    const mediaTokens = readMediaTokenSettings(process.env) ?? (sandbox && verifiedBy(sandbox));
    const gateway = await startGateway({
      address,
      config,
      keys,
      temporal,
      aem,
      mediaTokens,
      onReturn,
    });
    stops.push(gateway.stop);
    progress(`the gateway is at ${gateway.issuer}`);
    const app = apps.get(DEMO_APP);
    if (!app) throw new Error('the demo app is always there');
    return {
      temporal,
      temporalAddress: server.address,
      app,
      gateway,
      adobePassUrl: config.adobePass.url,
      taskQueue: config.taskQueue,
      room: worker.room,
      stop,
      ...(sandbox ? { sandbox } : {}),
      ...(server.uiUrl ? { uiUrl: `${server.uiUrl}/namespaces/${namespace}/workflows` } : {}),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The sandbox is the side-car for the tokens that it gives. */
function verifiedBy({ url }: Sandbox): MediaTokenOptions {
  return { verifier: { url: `${url}/_sandbox/verify-media-token` } };
}
