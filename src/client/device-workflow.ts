import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { hashDeviceId } from '../adobe-pass/index.ts';
import type { deviceLifecycle } from '../workflows/device-lifecycle.ts';
import { type DeviceIdentity, deviceWorkflowId } from '../device-identity.ts';
import { checkSize } from '../workflows/requests.ts';
import { newDevice } from '../workflows/state.ts';
import { answered as answeredQuery } from './answered.ts';
import { type ClientContext, within } from './context.ts';
import { checkRequestId, type DeviceOptions } from './device-options.ts';
import { hasEnded } from './errors.ts';

/** An update that may begin a life. */
export interface FirstSent<Ret, Arg> extends Sent<Arg> {
  /** Hears the answer before those who wait for the life of the device to begin. */
  answered?: ((answer: Ret) => void) | undefined;
}

/** What is sent with one update. */
export interface Sent<Arg> {
  request: Arg;
  /** Refuses what the workflow would refuse, before it is sent. */
  check?: (request: Arg) => void;
  /** Of the caller, who may repeat it. */
  requestId?: string | undefined;
  /** ms since the epoch. Default: the time that every call has. */
  deadline?: number | undefined;
}

/** Which device; its facts are for a first contact. */
type Whose = Pick<DeviceOptions, 'app' | 'id'> & Partial<Pick<DeviceOptions, 'facts'>>;

/** How often a request is sent anew that met the very end of a device's life. */
const LIVES = 3;

/** The messages to the workflow of one device. Everything rejects with DevicePassError. */
export class DeviceWorkflow {
  readonly id: string;
  readonly #context: ClientContext;
  readonly #options: Whose;
  /** Who that is, as sealed values of the device name it. */
  readonly identity: DeviceIdentity;

  constructor(context: ClientContext, options: Whose) {
    this.#context = context;
    this.#options = options;
    this.identity = { app: options.app, deviceId: hashDeviceId(options.app, options.id) };
    this.id = deviceWorkflowId(context.taskQueue, this.identity);
  }

  /** An update of a device that is known. */
  async update<Ret, Arg>(definition: UpdateDefinition<Ret, [Arg]>, sent: Sent<Arg>): Promise<Ret> {
    return this.#send(definition.name, sent, (request, updateId) =>
      this.#handle().executeUpdate(definition, { args: [request], updateId }),
    );
  }

  /** The same for one that asks for nothing but itself. */
  async plainUpdate<Ret>(
    definition: UpdateDefinition<Ret>,
    requestId: string | undefined,
  ): Promise<Ret> {
    return this.#send(definition.name, { request: undefined, requestId }, (_none, updateId) =>
      this.#handle().executeUpdate(definition, { updateId }),
    );
  }

  /** Update-with-start: a device that nobody has heard of begins its life with its first request. */
  async firstContact<Ret, Arg>(
    definition: UpdateDefinition<Ret, [Arg]>,
    { answered, ...sent }: FirstSent<Ret, Arg>,
  ): Promise<Ret> {
    const { temporal, taskQueue, deliveries } = this.#context;
    const { app, facts } = this.#options;
    const start = () =>
      new WithStartWorkflowOperation<typeof deviceLifecycle>('deviceLifecycle', {
        workflowId: this.id,
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue,
        args: [newDevice(app, this.identity.deviceId)],
        // A killed worker is noticed after this time, and its open requests begin anew elsewhere.
        workflowTaskTimeout: '5 s',
        staticSummary: facts ? `${app} on ${facts.model}` : app,
      });
    return this.#send(definition.name, sent, (request, updateId) =>
      unlessItJustEnded(() =>
        temporal.workflow.executeUpdateWithStart(definition, {
          args: [request],
          updateId,
          startWorkflowOperation: start(),
        }),
      ),
    )
      .then((answer) => {
        answered?.(answer);
        return answer;
      })
      .finally(() => deliveries.begun(this.id));
  }

  async query<Ret>(definition: QueryDefinition<Ret>, deadline?: number): Promise<Ret> {
    const query = () => this.#handle().query(definition);
    return within(this.#context, () => answeredQuery(query), deadline);
  }

  async signal<Args extends unknown[]>(
    definition: SignalDefinition<Args>,
    ...args: Args
  ): Promise<void> {
    await within(this.#context, () => this.#handle().signal(definition, ...args));
  }

  #handle() {
    return this.#context.temporal.workflow.getHandle(this.id);
  }

  /**
   * Temporal does an update once by its id, whatever the update is called: so the operation is part
   * of it.
   */
  async #send<Ret, Arg>(
    name: string,
    { request, check, requestId, deadline }: Sent<Arg>,
    send: (request: Arg, updateId: string) => Promise<Ret>,
  ): Promise<Ret> {
    if (requestId !== undefined) checkRequestId(requestId);
    const updateId = requestId === undefined ? randomUUID() : `${name}:${requestId}`;
    const call = async () => {
      checkSize([request]);
      check?.(request);
      return send(request, updateId);
    };
    return within(this.#context, call, deadline);
  }
}

/** A request that came while the life of the device ended begins the next one. */
async function unlessItJustEnded<T>(send: () => Promise<T>): Promise<T> {
  for (let life = 1; ; life += 1) {
    try {
      return await send();
    } catch (error) {
      if (life === LIVES || !(error instanceof WorkflowNotFoundError || hasEnded(error)))
        throw error;
    }
  }
}
