import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import {
  deviceFactsSchema,
  type DeviceFacts,
  hashDeviceId,
  networkSchema,
} from '../adobe-pass/index.ts';
import { seal } from '../sealing/index.ts';
import type { deviceLifecycle } from '../workflows/device-lifecycle.ts';
import * as messages from '../workflows/messages.ts';
import { newDevice } from '../workflows/state.ts';
import { type ClientContext, within } from './context.ts';
import { NAMING_VALUES, toDevicePassError } from './errors.ts';
import { returnUrlOf } from './handle.ts';
import { opened, type Standing, unseal } from './standing.ts';
import { watching } from './watching.ts';

/** A TV, as the caller vouches for it. */
export interface DeviceOptions {
  /** An app of the worker's configuration. */
  app: string;
  /** Stable over restarts and updates of the app. It leaves this process as a hash only (HDR-08). */
  id: string;
  facts: DeviceFacts;
  /** The TV's own address, as your server sees it; and its source port, which some MVPDs need. */
  ip: string;
  port?: number;
}

export interface RequestOptions {
  /** Repeat a request under the same id and it is done once. Default: a new one each call. */
  requestId?: string;
}

export interface AuthenticateOptions extends RequestOptions {
  mvpd?: messages.ChosenMvpd;
  /** A new code, although one is waiting. */
  restart?: boolean;
  /** `same` where the provider's page opens on the device itself. */
  screen?: 'second' | 'same';
  redirectUrl?: string;
}

export interface WatchOptions {
  signal?: AbortSignal;
  /** Ends by itself once the viewer is signed in. */
  until?: 'signed-in';
  /** Asked when a code is about to end: whether a new one is worth a session. Default: it is. */
  present?: () => boolean;
}

/** The media token of one play, or the reason why there is none. */
export type Play =
  | {
      status: 'permitted';
      resource: string;
      mvpd: string;
      source: string;
      mediaToken: messages.MediaToken;
    }
  | Extract<messages.AuthorizeAnswer, { status: 'denied' }>;

/**
 * One device. Every method throws `DevicePassError`; what happened to the device meanwhile is
 * never lost, so that a call may be repeated.
 */
export class DeviceClient {
  /** Id of the device's workflow: what an operator looks for in the Temporal UI. */
  readonly workflowId: string;
  readonly #context: ClientContext;
  readonly #options: DeviceOptions;
  readonly #deviceId: string;

  /** @throws DevicePassError `invalid_request` for facts or an address that Adobe would not take */
  constructor(context: ClientContext, options: DeviceOptions) {
    try {
      const { facts, ip, port } = options;
      networkSchema.parse({ ip, port }, NAMING_VALUES);
      this.#options = { ...options, facts: deviceFactsSchema.parse(facts, NAMING_VALUES) };
    } catch (error) {
      throw toDevicePassError(error);
    }
    this.#context = context;
    this.#deviceId = hashDeviceId(options.app, options.id);
    this.workflowId = `device:${options.app}:${this.#deviceId}`;
  }

  /** Signs in, or gives a code to show. While a code is waiting, the same one. */
  async authenticate(options: AuthenticateOptions = {}): Promise<Standing> {
    const { requestId, redirectUrl, ...wanted } = options;
    const endsAt = redirectUrl ?? (await returnUrlOf(this.#context, this.workflowId));
    const request: messages.AuthenticateRequest = {
      ...(await this.#fromDevice()),
      ...wanted,
      ...(endsAt === undefined ? {} : { redirectUrl: endsAt }),
    };
    return this.#standing(this.#firstContact(messages.authenticate, request, requestId));
  }

  /** A second screen chose the provider for the code that the TV shows. */
  async resume(
    request: messages.ResumeRequest,
    { requestId }: RequestOptions = {},
  ): Promise<Standing> {
    return this.#standing(this.#update(messages.resume, request, requestId));
  }

  /**
   * Changes as they come, beginning with where the device stands now. While somebody iterates, the
   * device counts as watched: a code that runs out is followed by a new one.
   */
  watch({ signal, until, present }: WatchOptions = {}): AsyncGenerator<Standing, void, undefined> {
    return watching(this.#context, this.workflowId, {
      signal,
      until,
      present,
      register: (watcher) => this.#firstContact(messages.watch, watcher),
    });
  }

  /** What the viewer may probably watch: for filtering, never for playback. */
  async preauthorize(
    resources: string[],
    { requestId, refresh }: RequestOptions & { refresh?: boolean } = {},
  ): Promise<messages.DecisionAnswer[]> {
    const request = {
      ...(await this.#fromDevice()),
      resources,
      ...(refresh === undefined ? {} : { refresh }),
    };
    return this.#update(messages.preauthorize, request, requestId);
  }

  /** Asks before a play. The media token is for this one play. */
  async authorize(resource: string, { requestId }: RequestOptions = {}): Promise<Play> {
    const request = { ...(await this.#fromDevice()), resource };
    const answer = await this.#update(messages.authorize, request, requestId);
    if (answer.status === 'denied') return answer;
    return { ...answer, mediaToken: await unseal(this.#context.keys, answer.mediaToken) };
  }

  /** Signs the viewer out. Follow the actions of the answer on the device. */
  async logout({
    requestId,
    redirectUrl,
  }: RequestOptions & { redirectUrl?: string } = {}): Promise<messages.LogoutAnswer> {
    const request = {
      ...(await this.#fromDevice()),
      ...(redirectUrl === undefined ? {} : { redirectUrl }),
    };
    return this.#update(messages.logout, request, requestId);
  }

  /** Nobody wants the code any more. */
  async abandon({ requestId = randomUUID() }: RequestOptions = {}): Promise<Standing> {
    const answer = within(this.#context, () =>
      this.#handle().executeUpdate(messages.abandon, { updateId: requestId }),
    );
    return this.#standing(answer);
  }

  /** What operators see. Leaves no trace in the workflow. */
  async view(): Promise<messages.DeviceView> {
    return within(this.#context, () => this.#handle().query(messages.view));
  }

  /** The viewer's browser came back from the login page: Adobe is asked at once. */
  async browserReturned(): Promise<void> {
    await within(this.#context, () => this.#handle().signal(messages.loginFinished));
  }

  /** Ends the tokens that were made under a grant. The viewer stays signed in. */
  async revokeGrant(grant: number): Promise<void> {
    await within(this.#context, () => this.#handle().signal(messages.revokeGrant, { grant }));
  }

  #handle() {
    return this.#context.temporal.workflow.getHandle(this.workflowId);
  }

  async #standing(answer: Promise<messages.Standing>): Promise<Standing> {
    return opened(this.#context.keys, await answer);
  }

  async #fromDevice(): Promise<messages.FromDevice> {
    const { facts, ip, port } = this.#options;
    const network = await seal(this.#context.keys, { ip, ...(port === undefined ? {} : { port }) });
    return { facts, network };
  }

  async #update<Ret, Arg>(
    definition: UpdateDefinition<Ret, [Arg]>,
    request: Arg,
    updateId: string = randomUUID(),
  ): Promise<Ret> {
    return within(this.#context, () =>
      this.#handle().executeUpdate(definition, { args: [request], updateId }),
    );
  }

  /** Update-with-start: a device that nobody has heard of begins its life with its first request. */
  async #firstContact<Ret, Arg>(
    definition: UpdateDefinition<Ret, [Arg]>,
    request: Arg,
    updateId: string = randomUUID(),
  ): Promise<Ret> {
    const { temporal, taskQueue } = this.#context;
    const start = new WithStartWorkflowOperation<typeof deviceLifecycle>('deviceLifecycle', {
      workflowId: this.workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue,
      args: [newDevice(this.#options.app, this.#deviceId)],
      // A killed worker is noticed after this time, and its open requests begin anew elsewhere.
      workflowTaskTimeout: '5 s',
      staticSummary: `${this.#options.app} on ${this.#options.facts.model}`,
    });
    return within(this.#context, () =>
      temporal.workflow.executeUpdateWithStart(definition, {
        args: [request],
        updateId,
        startWorkflowOperation: start,
      }),
    );
  }
}
