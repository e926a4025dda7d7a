import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../src/cli/temporal-server.ts';
import { KeyRing } from '../src/client.ts';
import { generateTokenKey, issueStatement } from '../src/gateway/index.ts';
import { Signed } from '../src/gateway/signed.ts';
import { spawnWorker } from '../test/faults/spawned-worker.ts';
import { spawnGateway } from '../test/gateway/spawned-gateway.ts';
import type { Calls } from './gateway-process.ts';
import type { Options } from './options.ts';
import { progress } from './report.ts';
import { forkSandbox } from './sandbox.ts';
import { startBenchTemporal } from './temporal/index.ts';

/** Temporal, sandbox, a worker and a gateway, each a process of its own. */
export interface GatewayFarm {
  url: string;
  statement: string;
  gatewayPid: number;
  workerPid: number;
  /** The gateway's calls to Temporal so far. */
  calls: () => Promise<Calls>;
  stop: () => Promise<void>;
}

export interface GatewayFarmOptions {
  /** Of the worker: how often it asks Adobe. */
  adobePollIntervalMs: number;
  /** As advertised to TVs. */
  tvPollIntervalS: number;
}

const PROGRAM = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));

export async function startGatewayFarm(
  { server }: Options,
  options: GatewayFarmOptions,
): Promise<GatewayFarm> {
  const temporal = await startBenchTemporal(server, progress);
  const sandbox = await forkSandbox();
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-bench-gateway-'));
  const file = join(folder, 'apps.json');
  const app = {
    softwareStatement: sandbox.softwareStatement,
    serviceProvider: 'REF30',
    domainName: 'example.com',
    redirectUrl: 'http://127.0.0.1:9/done',
  };
  await writeFile(file, JSON.stringify({ tv: app, activation: app }), { mode: 0o600 });
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const clientKeys = KeyRing.generate();
  const shared = {
    ADOBE_PASS_URL: sandbox.url,
    DEVICEPASS_APPS: file,
    DEVICEPASS_KEYS: KeyRing.generate().export(),
    DEVICEPASS_TASK_QUEUE: `bench-${randomUUID()}`,
    DEVICEPASS_POLL_INTERVAL_MS: String(options.adobePollIntervalMs),
    DEVICEPASS_LOG_LEVEL: 'info',
    TEMPORAL_ADDRESS: temporal.address,
  };
  const worker = await spawnWorker(shared);
  const settings = {
    ...shared,
    GATEWAY_ISSUER: issuer,
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    GATEWAY_TRUSTED_PROXIES: '127.0.0.1',
    GATEWAY_CLIENT_KEYS: clientKeys.export(),
    GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey()] }),
    GATEWAY_STATEMENTS: join(folder, 'statements.json'),
    GATEWAY_POLL_INTERVAL_S: String(options.tvPollIntervalS),
    GATEWAY_DRAIN_MS: '0',
  };
  const gateway = await spawnGateway(settings, PROGRAM);
  const { statement } = await issueStatement(new Signed(clientKeys), { issuer, app: 'tv' });
  return {
    url: issuer,
    statement,
    gatewayPid: gateway.child.pid ?? 0,
    workerPid: worker.pid,
    async calls() {
      const answer = once(gateway.child, 'message') as Promise<[Calls]>;
      gateway.child.send('calls');
      return (await answer)[0];
    },
    async stop() {
      await gateway.kill();
      await worker.kill();
      await sandbox.stop();
      await temporal.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
