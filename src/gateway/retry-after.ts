import type { DevicePassError } from '../client.ts';

/** For the header Retry-After, in seconds: as long as Adobe says, else a second. */
export function retryAfterOf({ retryAfterMs = 0 }: DevicePassError): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}
