import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { type AdobePass, createAdobePass } from '../adobe-pass/index.ts';
import type { PageRequest } from '../catalogue/index.ts';
import { ConfigError } from '../config.ts';
import {
  createVerification,
  type MediaTokenOptions,
  type MediaTokenQuestion,
  type MediaTokenVerdict,
  type Verification,
} from '../media-tokens/index.ts';
import { type CataloguePage, type ConnectedCatalogue, openCatalogue } from './catalogue.ts';
import { watchForBreaks } from './connection-state.ts';
import { checkedOptions, type ConnectOptions } from './connect-options.ts';
import { catalogueOf, type ClientContext, mustBeOpen, serviceTokensOf } from './context.ts';
import { Deliveries } from './deliveries.ts';
import { deliveryWorker } from './delivery-worker.ts';
import { DeviceClient } from './device.ts';
import { checkHousehold, checkId, type DeviceOptions } from './device-options.ts';
import { DeviceWorkflow } from './device-workflow.ts';
import { DevicePassError, invalidRequest } from './errors.ts';
import { HouseholdClient } from './household.ts';
import { returnedLogin, type ReturnedLogin } from './returned-login.ts';
import type { SpentReport, SpentTotals } from '../workflows/spent-messages.ts';
import { type Forgotten, forgetDevice, type ForgetOptions } from './forget.ts';
import { tellSpent } from './gateway-limits.ts';
import { SecondScreen } from './second-screen.ts';
import { type SecondScreenOptions, SecondScreens } from './second-screens.ts';
import type { Standing } from './standing.ts';
import { verifyMediaToken } from './verify-media-token.ts';
import { toStandardError } from './watch-log.ts';

/** In this time the SDK tries again to poll after a server was away. */
const WORKER_BACK_MS = 15_000;

/** The way in for backend services. */
export interface DevicePass {
  /** @throws DevicePassError `invalid_request` for facts or an address that Adobe would not take */
  device(options: DeviceOptions): DeviceClient;
  /**
   * The TVs of a household, by the id that `household` of devices has: for a backend, which is believed.
   *
   * @throws DevicePassError `invalid_request` without `serviceTokens`, or for what is no id
   */
  household(subject: string): HouseholdClient;
  /** Whether `connect` got by what households are known. */
  readonly knowsHouseholds: boolean;
  /**
   * The same as `device(...).forget()`, for who knows a device by its id alone.
   *
   * @throws DevicePassError
   */
  forget(device: Pick<DeviceOptions, 'app' | 'id'>, options?: ForgetOptions): Promise<Forgotten>;
  /** @throws DevicePassError `invalid_request` without `adobePassUrl`, or for a bad address */
  secondScreen(code: string, options: SecondScreenOptions): SecondScreen;
  /**
   * A page of titles, the same for everybody; `device(...).catalogue()` adds what may be watched.
   *
   * @throws DevicePassError `no_catalogue` without `aem`, `catalogue_unavailable`
   */
  catalogue(request?: PageRequest): Promise<CataloguePage>;
  /** Whether anybody may see the catalogue; undefined where there is none. */
  readonly catalogueIsPublic: boolean | undefined;
  /**
   * Whether the stream may be released that a media token is for: for the server that does so, never
   * for a TV. A token plays once: who releases refuses one that was here before.
   *
   * @throws DevicePassError `no_media_token_verifier` without `mediaTokens`, `invalid_request`
   */
  verifyMediaToken(question: MediaTokenQuestion): Promise<MediaTokenVerdict>;
  /** Whether `connect` got somebody who verifies. */
  readonly verifiesMediaTokens: boolean;
  /**
   * The login whose browser reached `returnUrl`, by that address; by the code that was typed in the
   * browser where the address tells nothing.
   *
   * @throws DevicePassError `unknown_handle`
   */
  returnedLogin(returned: string, typedCode?: string): Promise<ReturnedLogin>;
  /** The viewer's browser reached `returnUrl`: give that address, or the handle in it. */
  browserReturned(returned: string): Promise<void>;
  /** Where the device stands whose `returnUrl` or handle that is: a query, which leaves no event. */
  standingAt(returned: string): Promise<Standing>;
  /**
   * For gateways: tells what one has spent of its limits, and hears what all of the queue did.
   *
   * @throws DevicePassError
   */
  tellSpent(report: SpentReport): Promise<SpentTotals>;
  /** Ends what is watched and the connections that are not yours. */
  close(): Promise<void>;
}

/**
 * Connects to Temporal. After `close()` every call throws DevicePassError `closed`.
 *
 * @throws DevicePassError `invalid_request` for wrong options, `temporal_unavailable`
 */
export async function connect(options: ConnectOptions): Promise<DevicePass> {
  const { adobePassUrl, ...checked } = checkedOptions(options);
  const catalogue = options.aem ? catalogueFrom(options.aem, options.rules) : undefined;
  const verification = options.mediaTokens ? verificationFrom(options.mediaTokens) : undefined;
  const owned = options.temporal ? undefined : await connectTemporal();
  const temporal = options.temporal ?? owned;
  if (!temporal) throw new DevicePassError('temporal_unavailable', 'no connection to Temporal');
  const deliveries = new Deliveries(deliveryWorker(temporal, options));
  watchForBreaks(temporal, deliveries.stopped, () => {
    deliveries.missed();
    // The worker of deliveries has a connection of its own, which may be back a little later.
    setTimeout(() => deliveries.missed(), WORKER_BACK_MS).unref();
  });
  const context: ClientContext = {
    ...checked,
    temporal,
    deliveries,
    underWay: new Set(),
    ...(catalogue ? { catalogue } : {}),
    ...(verification ? { verification } : {}),
    ...(options.serviceTokens ? { serviceTokens: options.serviceTokens } : {}),
    ...(options.userMetadata ? { userMetadata: options.userMetadata } : {}),
  };
  let adobePass: AdobePass | undefined;
  let screens: SecondScreens | undefined;
  const secondScreens = () => {
    if (screens) return screens;
    if (adobePassUrl === undefined) {
      throw invalidRequest('secondScreen needs adobePassUrl: give it to connect()');
    }
    adobePass = createAdobePass({
      baseUrl: adobePassUrl,
      deviceHeadersEverywhere: options.deviceHeadersEverywhere ?? false,
      ...(options.maxConfigurationBytes === undefined
        ? {}
        : { maxConfigurationBytes: options.maxConfigurationBytes }),
    });
    const filter = options.mvpds ?? { show: [], hide: [] };
    screens = new SecondScreens(context, adobePass, filter, options.logger ?? toStandardError);
    return screens;
  };

  return {
    device: (device) => new DeviceClient(context, device),
    household(subject) {
      mustBeOpen(context);
      checkHousehold(subject);
      const { issuer } = serviceTokensOf(context);
      return new HouseholdClient(context, { who: { issuer, subject } });
    },
    knowsHouseholds: context.serviceTokens !== undefined,
    async forget(device, options = {}) {
      checkId(device);
      return forgetDevice(context, new DeviceWorkflow(context, device), options);
    },
    async catalogue(request) {
      mustBeOpen(context);
      return catalogueOf(context).page(request);
    },
    catalogueIsPublic: catalogue?.isPublic,
    secondScreen(code, who) {
      mustBeOpen(context);
      return new SecondScreen(context, secondScreens(), code, who);
    },
    verifiesMediaTokens: verification !== undefined,
    verifyMediaToken: async (question) => verifyMediaToken(context, question),
    returnedLogin: async (returned, typedCode) => returnedLogin(context, returned, typedCode),
    async browserReturned(returned) {
      await (await returnedLogin(context, returned)).browserReturned();
    },
    async standingAt(returned) {
      return (await returnedLogin(context, returned)).standing();
    },
    tellSpent: (report) => tellSpent(context, report),
    async close() {
      if (deliveries.stopped.aborted) return;
      await deliveries.stop();
      // A try of the SDK on a connection that was closed meanwhile would end the process.
      await Promise.allSettled(context.underWay);
      adobePass?.close();
      catalogue?.close();
      verification?.close();
      await owned?.connection.close();
    },
  };
}

function catalogueFrom(...settings: Parameters<typeof openCatalogue>): ConnectedCatalogue {
  try {
    return openCatalogue(...settings);
  } catch (error) {
    throw error instanceof ConfigError ? invalidRequest(`aem: ${error.message}`) : error;
  }
}

function verificationFrom(options: MediaTokenOptions): Verification {
  try {
    return createVerification(options);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw invalidRequest(`mediaTokens: ${error.message}`);
  }
}

async function connectTemporal(): Promise<Client> {
  const { connectionOptions, namespace } = environmentOfTemporal();
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

function environmentOfTemporal() {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    throw invalidRequest(`Temporal's own settings can't be read: ${reason}: see TEMPORAL_*`);
  }
}
