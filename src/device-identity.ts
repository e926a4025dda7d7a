/** One device of one app, by the hash of its id. */
export interface DeviceIdentity {
  app: string;
  deviceId: string;
}

/** Id of the workflow of a device: of two stacks in one namespace each has one of its own. */
export function deviceWorkflowId(taskQueue: string, { app, deviceId }: DeviceIdentity): string {
  return `device:${taskQueue}:${app}:${deviceId}`;
}

/** Id of the workflow of a site where viewers type codes: each stack has one of its own. */
export function applicationWorkflowId(taskQueue: string, app: string): string {
  return `application:${taskQueue}:${app}`;
}

/** Id of the workflow that adds up what the gateways of a queue spend of their limits. */
export function gatewayLimitsWorkflowId(taskQueue: string): string {
  return `gateway-limits:${taskQueue}`;
}

/** Id of the workflow that watches over the waiting room of a worker. */
export function waitingRoomWorkflowId(taskQueue: string, room: string): string {
  return `waiting-room:${taskQueue}:${room}`;
}

/** Whose workflow that is; undefined for what is no device's. */
export function deviceOfWorkflow(workflowId: string): DeviceIdentity | undefined {
  // A task queue may have colons in its name.
  const [, app, deviceId] = /^device:.+:([^:]+):([^:]+)$/.exec(workflowId) ?? [];
  return app && deviceId ? { app, deviceId } : undefined;
}
