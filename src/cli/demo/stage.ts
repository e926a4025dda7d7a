import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { connect, type DevicePass, KeyRing } from '../../client.ts';
import { type App, type Config, readConfig } from '../../config.ts';
import { createLogger } from '../../log.ts';
import { startSandbox } from '../../sandbox/index.ts';
import { connectNative } from '../../temporal/connect.ts';
import { installRuntime } from '../../temporal/runtime.ts';
import { startWorker } from '../../worker.ts';
import { DEMO_APP, demoApps } from './apps.ts';
import { startTemporal } from '../temporal-server.ts';
import { type ReturnPage, startPhonePages } from './phone-pages.ts';

/** Everything that the demo runs on, in one process but for Temporal. */
export interface Stage {
  pass: DevicePass;
  temporal: Client;
  app: App;
  pages: ReturnPage;
  adobePassUrl: string;
  uiUrl?: string;
  stop: () => Promise<void>;
}

/**
 * Starts what is missing: a Temporal server unless `TEMPORAL_ADDRESS` names one, the sandbox unless
 * `ADOBE_PASS_URL` names a host, and always a worker of its own on a queue of its own.
 */
export async function setStage(host: string, progress: (message: string) => void): Promise<Stage> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    installRuntime(createLogger('error'));
    progress('starting Temporal');
    const server = await startTemporal({ ui: true, onProgress: progress });
    stops.push(server.stop);
    progress(`Temporal is at ${server.address}`);

    const sandbox = process.env['ADOBE_PASS_URL'] ? undefined : await startSandbox({ host });
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

    const { connection: native, namespace } = await connectNative(server.address);
    stops.push(() => native.close());
    const { connectionOptions } = loadClientConnectConfig();
    const connection = await Connection.connect({ ...connectionOptions, address: server.address });
    stops.push(() => connection.close());
    const temporal = new Client({ connection, namespace });
    const keys = config.keys ? KeyRing.parse(config.keys) : KeyRing.generate();
    const worker = await startWorker({ config, apps, keys, connection: native, namespace });
    stops.push(() => worker.stop());

    const pages = await startPhonePages(host);
    stops.push(pages.stop);
    const pass = await connect({
      keys,
      temporal,
      taskQueue: config.taskQueue,
      adobePassUrl: config.adobePass.url,
      mvpds: config.mvpds,
      returnUrl: `${pages.url}/return`,
    });
    stops.push(() => pass.close());
    pages.serve(pass);
    const app = apps.get(DEMO_APP);
    if (!app) throw new Error('the demo app is always there');
    return {
      pass,
      temporal,
      app,
      pages,
      adobePassUrl: config.adobePass.url,
      stop,
      ...(server.uiUrl ? { uiUrl: `${server.uiUrl}/namespaces/${namespace}/workflows` } : {}),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
