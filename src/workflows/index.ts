// What the worker registers: one workflow a device, one a second-screen app, one for the gateways of a
// queue, one the waiting room of a process, one an audit, one a reset of trials, one a farm whose keys are
// rolled out.
export { application } from './application.ts';
export { catalogueAudit } from './catalogue-audit.ts';
export { deviceLifecycle } from './device-lifecycle.ts';
export { gatewayLimits } from './gateway-limits.ts';
export { keyRollout } from './key-rollout.ts';
export { temppassReset } from './temppass-reset.ts';
export { waitingRoom } from './waiting-room.ts';
