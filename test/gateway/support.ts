import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { connect, KeyRing, type MediaTokenOptions } from '../../src/client.ts';
import { freePort } from '../../src/cli/temporal-server.ts';
import {
  createGateway,
  type GatewayOptions,
  generateTokenKey,
  issueStatement,
  readGatewaySettings,
  RETURN_PATH,
  readiness,
} from '../../src/gateway/index.ts';
import { Signed } from '../../src/gateway/signed.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Stack, type StackOptions, startStack } from '../support/stack.ts';

import { type Answer, Tv } from './tv.ts';

export { type Answer, DEVICE_CODE, Tv } from './tv.ts';

export interface Farm {
  stack: Stack;
  /** The first gateway's address. */
  url: string;
  /** Name of the TV app in the workers' configuration. */
  tvApp: string;
  env: Record<string, string>;
  statement: string;
  statementId: string;
  /** Tells the first gateway that it will stop soon. */
  drain: () => void;
  /** Starts another gateway of the same farm; it stops with the farm unless it was stopped. */
  another: (options?: AnotherOptions) => Promise<RunningGateway>;
  stop: () => Promise<void>;
}

export interface AnotherOptions {
  port?: number;
  env?: Record<string, string>;
  /** Another way to the same Temporal. */
  temporal?: Client;
}

export interface RunningGateway {
  url: string;
  port: number;
  /** As on SIGTERM, a while before it stops. */
  drain: () => void;
  stop: () => Promise<void>;
}

export interface FarmOptions extends StackOptions {
  env?: Record<string, string>;
  /** How viewers know the TV's app. */
  appName?: string;
  standings?: GatewayOptions['standings'];
  logger?: GatewayOptions['logger'];
  ready?: GatewayOptions['ready'];
  /** Who verifies media tokens, by the sandbox's address. */
  mediaTokens?: (sandboxUrl: string) => MediaTokenOptions;
  /** How long the gateway waits for a workflow. */
  answerWithinMs?: number;
  heartbeatMs?: number;
  /** Default: none. A loop that stood still counts as behind by any delay, and a busy machine would shed load. */
  maxEventLoopDelayMs?: number;
}

/** Sandbox, worker and a gateway that trusts this machine as its proxy, so each TV has an address. */
export async function startFarm(options: FarmOptions = {}): Promise<Farm> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-statements-'));
  const issuer = `http://127.0.0.1:${port}`;
  const stack = await startStack({
    ...options,
    sandbox: { throttle: false, ...options.sandbox },
    returnUrl: issuer + RETURN_PATH,
  });
  // Workflows of applications outlive a stack, and their names are global: each farm has its own.
  const { apps } = stack;
  const [tvApp, activationApp] = [`tv-${randomUUID()}`, `activation-${randomUUID()}`];
  const demo = apps.get('demo');
  if (demo) for (const app of [tvApp, activationApp]) apps.set(app, demo);
  const env: Record<string, string> = {
    GATEWAY_ACTIVATION_APP: activationApp,
    GATEWAY_ISSUER: issuer,
    GATEWAY_PORT: String(port),
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_TRUSTED_PROXIES: '127.0.0.1',
    GATEWAY_CLIENT_KEYS: KeyRing.generate().export(),
    GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey()] }),
    GATEWAY_STATEMENTS: join(folder, 'statements.json'),
    GATEWAY_POLL_INTERVAL_S: '1',
    ...(options.appName ? { GATEWAY_APP_NAMES: `${tvApp}=${options.appName}` } : {}),
    ...options.env,
  };
  const running = new Set<RunningGateway>();
  const another: Farm['another'] = async ({ port: wanted = 0, env: more = {}, temporal } = {}) => {
    const own = { ...env, ...more, GATEWAY_PORT: String(wanted) };
    const gateway = await start(stack, own, { ...options, ...(temporal ? { temporal } : {}) });
    const known = {
      ...gateway,
      stop: async () => {
        running.delete(known);
        await gateway.stop();
      },
    };
    running.add(known);
    return known;
  };
  const { url, drain } = await another({ port });
  const { id, statement } = await issueStatement(signer(env), {
    issuer,
    app: tvApp,
    redirectHosts: ['tv.example.com'],
  });
  return {
    stack,
    url,
    tvApp,
    env,
    statement,
    statementId: id,
    drain,
    another,
    async stop() {
      await Promise.all([...running].map((gateway) => gateway.stop()));
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes what only the farm could make. */
export function signer(env: Record<string, string>): Signed {
  return new Signed(KeyRing.parse(env['GATEWAY_CLIENT_KEYS'] ?? ''));
}

async function start(
  stack: Stack,
  env: Record<string, string>,
  options: FarmOptions & Pick<AnotherOptions, 'temporal'>,
): Promise<RunningGateway> {
  const { standings, logger, ready, heartbeatMs, maxEventLoopDelayMs = 0 } = options;
  const { temporal = stack.client } = options;
  const settings = readGatewaySettings(env);
  const pass = await connect({
    keys: stack.keys,
    temporal,
    taskQueue: stack.config.taskQueue,
    adobePassUrl: stack.sandbox.url,
    returnUrl: settings.issuer + RETURN_PATH,
    aem: stack.config.aem,
    mediaTokens: options.mediaTokens?.(stack.sandbox.url),
    serviceTokens: options.serviceTokens,
    ...(options.answerWithinMs === undefined ? {} : { answerWithinMs: options.answerWithinMs }),
  });
  const app = await createGateway({
    settings,
    pass,
    sealingKeys: stack.keys,
    adobePassUrl: stack.sandbox.url,
    ready: ready ?? (() => readiness(temporal)),
    maxEventLoopDelayMs,
    ...(standings ? { standings } : {}),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    ...(logger ? { logger } : {}),
  });
  const url = await app.listen({ host: settings.host, port: settings.port });
  return {
    url,
    port: Number(new URL(url).port),
    drain: () => app.drain(),
    async stop() {
      await app.close();
      await pass.close();
    },
  };
}

/** The installation that a client id stands for: the device's own id at the workflows. */
export function installationOf(clientId: string): string {
  const [, payload = ''] = clientId.split('.');
  const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<
    string,
    string
  >;
  return content['installation'] ?? '';
}

/** A viewer types the code on a phone and signs in; the browser ends at the gateway's `/return`. */
export async function signIn(
  farm: Pick<Farm, 'url'>,
  code: unknown,
  mvpd = 'NorthCable',
): Promise<{ finalUrl: string }> {
  const phone = new Tv({ url: farm.url, statement: '' });
  const { body } = await phone.send(`/v1/activation/${String(code)}`, {
    json: { mvpd: { id: mvpd } },
  });
  return signInAsViewer(String(body['url']));
}

/** Polls until there is an answer other than `authorization_pending` and `slow_down`. */
export async function pollUntilDone(
  tv: Tv,
  deviceCode: unknown,
  url?: string,
  withinMs = 10_000,
): Promise<Answer> {
  const until = Date.now() + withinMs;
  for (;;) {
    const answer = await tv.poll(deviceCode, url);
    const waits = ['authorization_pending', 'slow_down'].includes(String(answer.body['error']));
    if (!waits || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Begins a login with a provider, follows it to its end, and takes the viewer's token. */
export async function logIn(tv: Tv, mvpd = 'NorthCable'): Promise<string> {
  const json = { mvpd: { id: mvpd }, screen: 'second' };
  const { body } = await tv.send('/v1/authenticate', { token: await tv.ownToken(), json });
  const { session, authorization } = body as Record<string, Record<string, unknown>>;
  await signInAsViewer(String(session?.['url']));
  const { body: tokens } = await pollUntilDone(tv, authorization?.['device_code']);
  return String(tokens['access_token']);
}
