import type { Device } from '../device.ts';
import type { DeviceView } from '../messages.ts';

/** What anybody may see; sealed values and device facts stay inside. */
export function viewOf({ state, standing }: Device): DeviceView {
  return {
    standing,
    app: state.app,
    deviceId: state.deviceId,
    registered: state.registration !== undefined,
    automaticSessions: state.automaticSessions,
    watchers: state.watchers.length,
    calls: state.calls,
    ...(state.settings ? { serviceProvider: state.settings.serviceProvider } : {}),
    ...(state.lastError ? { lastError: state.lastError } : {}),
  };
}
