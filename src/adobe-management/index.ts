export { ManagementError } from './errors.ts';
export { type AdobeManagement, createManagement, type ManagementOptions } from './management.ts';
export type { ManagementCredentials } from './registration.ts';
export type { ResetOf, TempPassReset } from './reset-temp-pass.ts';
