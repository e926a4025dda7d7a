import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { type AdobePass, createAdobePass } from '../adobe-pass/index.ts';
import { KeyRing } from '../sealing/index.ts';
import * as messages from '../workflows/messages.ts';
import { type ClientContext, within } from './context.ts';
import { Deliveries, type DeliveryWorker } from './deliveries.ts';
import { DeviceClient, type DeviceOptions } from './device.ts';
import { DevicePassError } from './errors.ts';
import { workflowIdOf } from './handle.ts';
import { SecondScreen } from './second-screen.ts';
import { type MvpdFilter, type SecondScreenOptions, SecondScreens } from './second-screens.ts';

export interface ConnectOptions {
  /** The workers' key ring, or its text (`DEVICEPASS_KEYS`). */
  keys: KeyRing | string;
  /** A Temporal client of yours. Default: one from the environment (`TEMPORAL_ADDRESS`, ...). */
  temporal?: Client;
  /** The workers' queue. Default `devicepass`. */
  taskQueue?: string;
  /** How long a call waits for an answer, in ms. Default 8,000: the workers' budget and a second. */
  answerWithinMs?: number;
  /** Your page where a login ends; it calls `browserReturned` with its own address. */
  returnUrl?: string;
  /** For second screens only: where to check codes and read the list of providers. */
  adobePassUrl?: string;
  /** As the workers' `ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE`. */
  deviceHeadersEverywhere?: boolean;
  mvpds?: MvpdFilter;
}

/** The way in for backend services. */
export interface DevicePass {
  /** @throws DevicePassError `invalid_request` for facts or an address that Adobe would not take */
  device(options: DeviceOptions): DeviceClient;
  /** @throws DevicePassError `invalid_request` without `adobePassUrl`, or for a bad address */
  secondScreen(code: string, options: SecondScreenOptions): SecondScreen;
  /** The viewer's browser reached `returnUrl`: give that address, or the handle in it. */
  browserReturned(returned: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to Temporal.
 *
 * @throws KeyRingError for a bad text of keys
 * @throws DevicePassError `invalid_request` for a bad `returnUrl`, `temporal_unavailable`
 */
export async function connect(options: ConnectOptions): Promise<DevicePass> {
  if (options.returnUrl !== undefined && !URL.canParse(options.returnUrl)) {
    throw new DevicePassError(
      'invalid_request',
      `returnUrl is ${JSON.stringify(options.returnUrl)}: give an absolute URL`,
    );
  }
  const owned = options.temporal ? undefined : await connectTemporal();
  const temporal = options.temporal ?? owned;
  if (!temporal) throw new DevicePassError('temporal_unavailable', 'no connection to Temporal');
  const deliveries = new Deliveries(deliveryWorker(temporal));
  const context: ClientContext = {
    temporal,
    keys: typeof options.keys === 'string' ? KeyRing.parse(options.keys) : options.keys,
    taskQueue: options.taskQueue ?? 'devicepass',
    answerWithinMs: options.answerWithinMs ?? 8_000,
    deliveries,
    ...(options.returnUrl === undefined ? {} : { returnUrl: options.returnUrl }),
  };
  let adobePass: AdobePass | undefined;
  let screens: SecondScreens | undefined;
  const secondScreens = () => {
    if (screens) return screens;
    if (options.adobePassUrl === undefined) {
      throw new DevicePassError(
        'invalid_request',
        'secondScreen needs adobePassUrl: give it to connect()',
      );
    }
    adobePass = createAdobePass({
      baseUrl: options.adobePassUrl,
      deviceHeadersEverywhere: options.deviceHeadersEverywhere ?? false,
    });
    screens = new SecondScreens(context, adobePass, options.mvpds ?? { show: [], hide: [] });
    return screens;
  };

  return {
    device: (device) => new DeviceClient(context, device),
    secondScreen: (code, who) => new SecondScreen(context, secondScreens(), code, who),
    async browserReturned(returned) {
      const handle = temporal.workflow.getHandle(await workflowIdOf(context, returned));
      await within(context, () => handle.signal(messages.loginFinished));
    },
    async close() {
      await deliveries.stop();
      adobePass?.close();
      await owned?.connection.close();
    },
  };
}

async function connectTemporal(): Promise<Client> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  try {
    const connection = await Connection.connect(connectionOptions);
    return new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
  } catch {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw new DevicePassError(
      'temporal_unavailable',
      `Temporal at ${address} can't be reached: set TEMPORAL_ADDRESS`,
      { action: 'retry', retryable: true },
    );
  }
}

/** The worker has a connection of its own, to the same server, from the same environment. */
function deliveryWorker(temporal: Client): DeliveryWorker {
  return async (taskQueue, activities) => {
    const { NativeConnection, Worker } = await import('@temporalio/worker');
    const { connectionOptions } = loadClientConnectConfig();
    const address = connectedAddress(temporal) ?? connectionOptions.address;
    const connection = await NativeConnection.connect({
      ...connectionOptions,
      ...(address === undefined ? {} : { address }),
    });
    const worker = await Worker.create({
      connection,
      namespace: temporal.options.namespace,
      taskQueue,
      activities: { ...activities },
      maxConcurrentActivityTaskExecutions: 1_000,
    });
    return { worker, close: () => connection.close() };
  };
}

function connectedAddress({ connection }: Client): string | undefined {
  return connection instanceof Connection ? connection.options.address : undefined;
}
