import { setTimeout as sleep } from 'node:timers/promises';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import {
  type AdobePass,
  AdobePassError,
  type Call,
  type CallRecord,
  type Configuration,
  type DeviceFacts,
  hashDeviceId,
  type Mvpd,
  needsNewAccessToken,
  type SessionInfo,
  type StreamingDevice,
  type ViewerTokens,
} from '../adobe-pass/index.ts';
import { settingOf } from '../error-codes/index.ts';
import { ofDevice, seal } from '../sealing/index.ts';
import type { application } from '../workflows/application.ts';
import * as messages from '../workflows/messages.ts';
import { applicationWorkflowId } from '../device-identity.ts';
import { newDevice } from '../workflows/state.ts';
import { type ClientContext, mustBeOpen, within } from './context.ts';
import { Configurations, platformOf } from './configurations.ts';
import { DevicePassError } from './errors.ts';
import { unseal } from './standing.ts';
import type { WatchLogger } from './watch-log.ts';

/** Who asks from a phone. */
export interface SecondScreenOptions {
  /** The app of the activation site, with a registration of its own. */
  app: string;
  /** The phone's address. */
  ip: string;
  facts?: DeviceFacts;
  /** Experience Cloud ID of the viewer on the phone, where your site has one. */
  visitorIdentifier?: string | undefined;
  /** Lists of one app, where it has any; otherwise those of `connect()` hold. */
  mvpds?: (app: string) => MvpdFilter | undefined;
}

/** Which MVPDs a picker shows. */
export interface MvpdFilter {
  show: string[];
  hide: string[];
  /** Shows TempPass too, without naming it in `show`. */
  tempPass?: boolean;
}

/** What a phone says of its viewer. */
export function visitorOf({
  visitorIdentifier,
}: Pick<SecondScreenOptions, 'visitorIdentifier'>): ViewerTokens {
  return visitorIdentifier === undefined ? {} : { visitorIdentifier };
}

/** As often as the documents allow (EEC-04). */
const MAX_ATTEMPTS = 3;
const PAUSE_MS = 200;
const WEB: DeviceFacts = {
  model: 'Web',
  version: '1',
  osName: 'Linux',
  osVersion: '1',
  connectionType: 'LAN',
};

/** The reads of second screens, shared by all of a process. */
export class SecondScreens {
  readonly #context: ClientContext;
  readonly #adobePass: AdobePass;
  readonly #filter: MvpdFilter;
  readonly #logger: Pick<WatchLogger, 'warn'>;
  readonly #told = new Map<string, string>();
  readonly #access = new LRUCache<string, messages.ApplicationAccess>({ max: 100 });
  readonly #configurations = new Configurations();

  constructor(
    context: ClientContext,
    adobePass: AdobePass,
    filter: MvpdFilter,
    logger: Pick<WatchLogger, 'warn'>,
  ) {
    this.#context = context;
    this.#adobePass = adobePass;
    this.#filter = filter;
    this.#logger = logger;
  }

  /** No workflow keeps these calls for operators. Said once, for lists are read every two minutes. */
  #tell({ operation, note }: CallRecord): void {
    if (note === undefined || this.#told.get(operation) === note) return;
    this.#told.set(operation, note);
    this.#logger.warn({ operation, note }, 'an answer of Adobe Pass was used, but not all of it');
  }

  /** The session behind a code. */
  async session(
    code: string,
    options: SecondScreenOptions,
  ): Promise<{ info: SessionInfo; url: string }> {
    const info = await this.#read(options, (common, call) =>
      this.#adobePass.retrieveSession({ ...common, code }, call),
    );
    const { serviceProvider } = await this.#accessOf(options);
    return { info, url: this.#adobePass.authenticateUrl({ serviceProvider, code }) };
  }

  /** The providers to choose from: TempPass hidden unless named or wanted by a flag (S2S-22). */
  async providers(options: SecondScreenOptions, tvApp = options.app): Promise<Mvpd[]> {
    const configuration = await this.#configurations.of(keyOf(options), () =>
      this.#read(options, (common, call) => this.#adobePass.configuration(common, call)),
    );
    return this.#shown(configuration, options, tvApp);
  }

  /** The same as far as it was fetched before; asks nobody. */
  knownProviders(options: SecondScreenOptions, tvApp = options.app): Mvpd[] | undefined {
    const configuration = this.#configurations.known(keyOf(options));
    return configuration && this.#shown(configuration, options, tvApp);
  }

  #shown({ mvpds }: Configuration, options: SecondScreenOptions, tvApp: string): Mvpd[] {
    const { show, hide, tempPass = false } = options.mvpds?.(tvApp) ?? this.#filter;
    return mvpds.filter(
      ({ id, isTempPass }) =>
        show.includes(id) || (show.length === 0 && (tempPass || !isTempPass) && !hide.includes(id)),
    );
  }

  async #read<T>(
    options: SecondScreenOptions,
    send: (
      common: { accessToken: string; serviceProvider: string; device: StreamingDevice },
      call: Call,
    ) => Promise<T>,
  ): Promise<T> {
    let refused: Refused = {};
    const deadline = Date.now() + this.#context.answerWithinMs;
    for (let attempt = 1; ; attempt += 1) {
      mustBeOpen(this.#context);
      const access = await this.#accessOf(options, refused);
      const { value } = await unseal(
        this.#context.keys,
        access.accessToken,
        ofDevice('access-token', siteOf(options.app)),
      );
      const device = {
        identifier: siteId(options.app),
        facts: options.facts ?? WEB,
        ip: options.ip,
        viewerTokens: visitorOf(options),
      };
      const { serviceProvider } = access;
      const timeoutMs = deadline - Date.now();
      try {
        const onCall = (record: CallRecord) => this.#tell(record);
        return await send({ accessToken: value, serviceProvider, device }, { timeoutMs, onCall });
      } catch (error) {
        if (!(error instanceof AdobePassError)) throw error;
        const isRegistrationLost = error.action === 'application-registration';
        const isRefused = isRegistrationLost || needsNewAccessToken(error);
        if (isRefused && refused.refusedExpiresAt === undefined) {
          refused = { refusedExpiresAt: access.expiresAt, isRegistrationLost };
          this.#access.delete(options.app);
          continue;
        }
        // A phone at home has the TV's address, and Adobe's limit for that address may be used up.
        const pauseMs = Math.max(PAUSE_MS * attempt, error.retryAfterMs ?? 0);
        const mayTryAgain = error.retryable && attempt < MAX_ATTEMPTS;
        if (!mayTryAgain || Date.now() + pauseMs >= deadline) throw fromAdobe(error);
        await sleep(pauseMs);
      }
    }
  }

  async #accessOf(
    options: SecondScreenOptions,
    refused: Refused = {},
  ): Promise<messages.ApplicationAccess> {
    const known = this.#access.get(options.app);
    if (known && known.expiresAt - Date.now() > 60_000) return known;
    const { temporal, taskQueue, keys } = this.#context;
    const facts = options.facts ?? WEB;
    const start = new WithStartWorkflowOperation<typeof application>('application', {
      workflowId: applicationWorkflowId(taskQueue, options.app),
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue,
      args: [newDevice(options.app, siteId(options.app))],
      workflowTaskTimeout: '5 s',
    });
    const request: messages.AccessRequest = {
      facts,
      network: await seal(keys, { ip: options.ip }, ofDevice('network', siteOf(options.app))),
      ...refused,
    };
    const access = await within(this.#context, () =>
      temporal.workflow.executeUpdateWithStart(messages.access, {
        args: [request],
        startWorkflowOperation: start,
      }),
    );
    this.#access.set(options.app, access);
    return access;
  }
}

function keyOf({ app, facts = WEB }: SecondScreenOptions): string {
  return `${app} ${platformOf(facts)}`;
}

function siteId(app: string): string {
  return hashDeviceId(app, 'second-screen');
}

/** Whose registration the second screens of an app share. */
function siteOf(app: string) {
  return { app, deviceId: siteId(app) };
}

/** The token that Adobe did not take, and whether the registration is to blame. */
type Refused = Pick<messages.AccessRequest, 'refusedExpiresAt' | 'isRegistrationLost'>;

function fromAdobe(error: AdobePassError) {
  const { code, message, action, status, trace, retryable, details, retryAfterMs } = error;
  return new DevicePassError(code, message, {
    // What only the file of apps can mend is the operators', whatever Adobe says.
    action: settingOf(code) === undefined ? action : 'configuration',
    retryable,
    ...(status === undefined ? {} : { status }),
    ...(trace === undefined ? {} : { trace }),
    ...(details === undefined ? {} : { details }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
