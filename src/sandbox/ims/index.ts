export { startImsSandbox } from './sandbox.ts';
export type { Consoles, ImsSandbox } from './sandbox.ts';
export type { ImsRequest, ImsSandboxOptions } from './state.ts';
export type { ImsFault, ImsOperation } from './faults.ts';
export type { TokenInfo } from './tokens.ts';
export type {
  DeveloperConsoleFile,
  OAuthCredentialsFile,
  ServiceCredentialsFile,
} from './files.ts';
export { selfSignedCertificate } from './certificate.ts';
