import type { StreamingDevice } from './device.ts';

/** What every V2 call needs. */
export interface V2Input {
  accessToken: string;
  /** One per channel or brand; case-sensitive. */
  serviceProvider: string;
  device: StreamingDevice;
}
