// What the worker registers: one workflow a device, one a second-screen app.
export { application } from './application.ts';
export { deviceLifecycle } from './device-lifecycle.ts';
