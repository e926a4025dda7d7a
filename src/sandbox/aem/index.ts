export { startAemSandbox } from './sandbox.ts';
export type { AemSandbox } from './sandbox.ts';
export type { AemSandboxOptions, AemUser, Tier, TokenLookup } from './options.ts';
export type { AemFault } from './faults.ts';
export type { PersistedQuery } from './persisted.ts';
export type { RecordedRequest } from './request.ts';
export { channels } from './titles.ts';
export type { FieldName, Fragment } from './titles.ts';
