// What backend services import. See examples/backend.ts for the whole way in thirty lines.
export { connect, type ConnectOptions, type DevicePass } from './client/connect.ts';
export type {
  AuthenticateOptions,
  DeviceClient,
  DeviceOptions,
  RequestOptions,
  WatchOptions,
} from './client/device.ts';
export { DevicePassError } from './client/errors.ts';
export type { CheckedCode, SecondScreen } from './client/second-screen.ts';
export type { SecondScreenOptions } from './client/second-screens.ts';
export type { Access, Profile, SignedOut, Standing, Waiting } from './client/standing.ts';
export type {
  ChosenMvpd,
  DecisionAnswer,
  DeviceView,
  LogoutAction,
  LogoutAnswer,
  MediaToken,
} from './workflows/messages.ts';
export { KeyRing } from './sealing/index.ts';
