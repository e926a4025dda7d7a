/** One device of one app, by the hash of its id. */
export interface DeviceIdentity {
  app: string;
  deviceId: string;
}

/** Id of the workflow of a device. */
export function deviceWorkflowId({ app, deviceId }: DeviceIdentity): string {
  return `device:${app}:${deviceId}`;
}

/** Whose workflow that is; undefined for what is no device's. */
export function deviceOfWorkflow(workflowId: string): DeviceIdentity | undefined {
  const [kind, app, deviceId, ...rest] = workflowId.split(':');
  if (kind !== 'device' || !app || !deviceId || rest.length > 0) return undefined;
  return { app, deviceId };
}
