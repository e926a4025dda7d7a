export { startSandbox } from './sandbox.ts';
export type { Sandbox } from './sandbox.ts';
export type { SandboxOptions, ThrottleRate } from './options.ts';
export type { Fault, FaultControl } from './faults.ts';
export type { Operation } from './operations.ts';
export type { RecordedRequest } from './recorder.ts';
export type { DegradationRule } from './controls.ts';
export { signInAsViewer } from './viewer.ts';
export type { ViewerVisit } from './viewer.ts';
