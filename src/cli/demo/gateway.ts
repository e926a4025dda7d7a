import { randomUUID } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AemSettings,
  connect,
  type DevicePass,
  KeyRing,
  type MediaTokenOptions,
  type ServiceTokens,
} from '../../client.ts';
import type { Config } from '../../config.ts';
import {
  createGateway,
  generateTokenKey,
  issueStatement,
  readGatewaySettings,
  RETURN_PATH,
} from '../../gateway/index.ts';
import { Signed } from '../../gateway/signed.ts';
import { freePort } from '../temporal-server.ts';
import { DEMO_APP, PHONE_APP } from './apps.ts';
import { Screen } from './screen/screen.ts';

export interface DemoGateway {
  /** Its address, for TVs and phones. */
  issuer: string;
  hasCatalogue: boolean;
  /** With which the demo's TV app registers. */
  softwareStatement: string;
  screen: Screen;
  /** When a browser first came back from a provider, ms since the epoch. */
  returnedAt: () => number | undefined;
  pass: DevicePass;
  stop: () => Promise<void>;
}

export interface DemoGatewayOptions {
  /** To listen at. */
  address: string;
  config: Config;
  keys: KeyRing;
  temporal: NonNullable<Parameters<typeof connect>[0]['temporal']>;
  aem: AemSettings | undefined;
  mediaTokens: MediaTokenOptions | undefined;
  serviceTokens: ServiceTokens | undefined;
  onReturn: () => void;
}

/** A gateway with keys of its own, and the TV's screen beside the pages for viewers. */
export async function startGateway(options: DemoGatewayOptions): Promise<DemoGateway> {
  const { address, config, keys, temporal, aem, mediaTokens, serviceTokens, onReturn } = options;
  const clientKeys = KeyRing.generate();
  const settings = readGatewaySettings({
    ...brandOf(process.env),
    GATEWAY_ISSUER: `http://${isIPv6(address) ? `[${address}]` : address}:${await freePort()}`,
    GATEWAY_ACTIVATION_APP: PHONE_APP,
    // The viewer that the demo plays says which phone it is.
    GATEWAY_TRUSTED_PROXIES: address,
    GATEWAY_CLIENT_KEYS: clientKeys.export(),
    GATEWAY_TOKEN_KEYS: JSON.stringify({ keys: [await generateTokenKey()] }),
    GATEWAY_STATEMENTS: join(tmpdir(), `devicepass-demo-${randomUUID()}.json`),
  });
  const { issuer } = settings;
  const pass = await connect({
    keys,
    temporal,
    taskQueue: config.taskQueue,
    adobePassUrl: config.adobePass.url,
    maxConfigurationBytes: config.adobePass.maxConfigurationBytes,
    mvpds: config.mvpds,
    aem,
    mediaTokens,
    serviceTokens,
    returnUrl: issuer + RETURN_PATH,
  });
  const app = await createGateway({
    settings,
    pass,
    sealingKeys: keys,
    adobePassUrl: config.adobePass.url,
    adobePassOrigins: config.adobePass.origins,
    ready: async () => {},
    framing: 'self',
  });
  const screen = new Screen();
  screen.serve(app, new URL(config.adobePass.url).origin);
  let returnedAt: number | undefined;
  app.server.on('request', ({ url }) => {
    if (returnedAt !== undefined || !url?.startsWith(`${RETURN_PATH}?`)) return;
    returnedAt = Date.now();
    onReturn();
  });
  await app.listen({ host: address, port: Number(new URL(issuer).port) });
  const { statement } = await issueStatement(new Signed(clientKeys), {
    issuer,
    app: DEMO_APP,
    redirectHosts: [],
  });
  return {
    issuer,
    hasCatalogue: aem !== undefined,
    softwareStatement: statement,
    screen,
    returnedAt: () => returnedAt,
    pass,
    async stop() {
      screen.close();
      await app.close();
      await pass.close();
    },
  };
}

function brandOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name.startsWith('GATEWAY_BRAND_')),
  );
}
