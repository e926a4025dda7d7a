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

/** Whose workflow that is; undefined for what is no device's. */
export function deviceOfWorkflow(workflowId: string): DeviceIdentity | undefined {
  // A task queue may have colons in its name.
  const [, app, deviceId] = /^device:.+:([^:]+):([^:]+)$/.exec(workflowId) ?? [];
  return app && deviceId ? { app, deviceId } : undefined;
}
