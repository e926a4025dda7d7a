import type { Device } from '../device.ts';
import type { DeviceView, LoginView } from '../messages.ts';
import type { DeviceState } from '../state.ts';

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
    ...loginOf(state),
    ...householdOf(state),
    ...(state.account ? { account: state.account.name } : {}),
    ...(state.statement ? { statement: state.statement } : {}),
    ...(state.settings ? { serviceProvider: state.settings.serviceProvider } : {}),
    ...(state.lastError ? { lastError: state.lastError } : {}),
  };
}

/** Of a code that waits: since when, from where, and who opened it. */
export function loginView({ phase, place }: DeviceState): LoginView | undefined {
  if (phase.name !== 'awaiting-login') return undefined;
  const { startedAt: askedAt, visits = [] } = phase;
  return { askedAt, visits, ...(place ? { place } : {}) };
}

function householdOf({
  household,
  name,
  facts,
  lastSeenAt,
}: DeviceState): Pick<DeviceView, 'household'> {
  if (!household || !facts) return {};
  const { model } = facts;
  const known = { ...household, model, lastSeenAt: lastSeenAt ?? 0 };
  return { household: name ? { ...known, name } : known };
}

function loginOf(state: DeviceState): Pick<DeviceView, 'login'> {
  const login = loginView(state);
  return login ? { login } : {};
}
