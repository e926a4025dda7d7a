// What backend services import. See examples/backend.ts for the whole way in thirty lines.
export { connect, type DevicePass } from './client/connect.ts';
export type { ConnectOptions } from './client/connect-options.ts';
export type { WatchLogger } from './client/watch-log.ts';
export type { DeviceClient, Play } from './client/device.ts';
export type { ProfileChoice } from './client/profile-choices.ts';
export type {
  AuthenticateOptions,
  DeviceOptions,
  RequestOptions,
  WatchOptions,
} from './client/device-options.ts';
export type { ViewerTokens } from './adobe-pass/index.ts';
export type { HouseholdClient, HouseholdTv, SignedOutTv } from './client/household.ts';
export type { Forgotten, ForgetOptions } from './client/forget.ts';
export type { PrivacyAction, PrivacyOptions, PrivacyRequest } from './client/privacy-request.ts';
export {
  partnerPicker,
  type PartnerPicker,
  type PartnerRequest,
  type PartnerResponseOptions,
  type PartnerSignIn,
  type PartnerSignInOptions,
} from './client/partner-sign-in.ts';
export type { VerifyOptions } from './client/verify-media-token.ts';
export { DevicePassError } from './client/errors.ts';
export type { ReturnedLogin } from './client/returned-login.ts';
export type { CodeOnTv, CodeTv, Visited, Visitor } from './client/code-tv.ts';
export { visitedBy } from './client/code-tv.ts';
export type { CheckedCode, SecondScreen } from './client/second-screen.ts';
export type { MvpdFilter, SecondScreenOptions } from './client/second-screens.ts';
export type {
  Access,
  Confirmation,
  Profile,
  SignedOut,
  Standing,
  TrialLeft,
  Waiting,
} from './client/standing.ts';
export type {
  ChosenMvpd,
  DecisionAnswer,
  DeviceView,
  LogoutAction,
  LogoutAnswer,
  MediaToken,
  Partner,
  Place,
} from './workflows/messages.ts';
export { type AemSettings, readAemSettings } from './aem-settings.ts';
export { readServiceTokens } from './service-token-settings.ts';
export { ServiceTokens, type ServiceTokenOptions } from './service-tokens/index.ts';
export { readMediaTokenSettings } from './media-token-settings.ts';
export type {
  MediaTokenAnswer,
  MediaTokenOptions,
  MediaTokenProblem,
  MediaTokenQuestion,
  MediaTokenVerdict,
  MediaTokenVerifier,
  SideCarOptions,
} from './media-tokens/index.ts';
export type { UserMetadata } from './client/user-metadata.ts';
export {
  type MetadataAttribute,
  readUserMetadataKeys,
  type UnreadableReason,
  UserMetadataKeys,
} from './user-metadata/index.ts';
export type { Title } from './aem/index.ts';
export type {
  PageRequest,
  PlayRequest,
  PlayRules,
  Refusal,
  TitleAccess,
} from './catalogue/index.ts';
export type { CataloguePage, EntitledPage } from './client/catalogue.ts';
export type { TitlePlay } from './client/play-title.ts';
export { plainCode } from './workflows/plain-code.ts';
export { KeyRing } from './sealing/index.ts';
