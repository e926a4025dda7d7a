export { createAdobePass } from './adobe-pass.ts';
export type { AdobePass } from './adobe-pass.ts';
export type { AdobePassOptions } from './options.ts';
export type { Call, CallRecord, Operation } from './operation.ts';
export { deviceFactsSchema, networkSchema } from './device.ts';
export type { DeviceFacts, Network, StreamingDevice, TempPassIdentity } from './device.ts';
export {
  hasSingleSignOn,
  partnerFrameworkStatusSchema,
  rokuSubscriberIdSchema,
  stillGood,
  viewerTokensSchema,
  withoutBroken,
  withoutSingleSignOn,
} from './viewer-tokens.ts';
export { isValidStatus } from './partner-status.ts';
export { preparedSamlResponse } from './saml-response.ts';
export type { PartnerFrameworkStatus, ViewerTokens } from './viewer-tokens.ts';
export { hashDeviceId } from './device-id.ts';
export { AdobePassError, isRetryable, needsNewAccessToken } from './errors.ts';
export type { EnhancedError } from './errors.ts';
export type {
  AccessToken,
  AccessTokenInput,
  ClientCredentials,
  RegisterInput,
} from './registration.ts';
export type { V2Input } from './input.ts';
export type { Configuration, Mvpd } from './configuration.ts';
export type {
  CodeInput,
  CreateSessionInput,
  ResumeSessionInput,
  Session,
  SessionInfo,
  SessionParameters,
} from './sessions.ts';
export type { MvpdInput, Profile, ProfileAttribute } from './profiles.ts';
export type { Decision, DecisionsInput, MediaToken } from './decisions.ts';
export type { LogoutAction, LogoutInput } from './logout.ts';
