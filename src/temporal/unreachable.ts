import { ConfigError } from '../config.ts';

/** Where Temporal is when no setting says otherwise. */
export const LOCAL_ADDRESS = 'localhost:7233';

/** What people are told when nobody answers there. */
export function unreachable(address = LOCAL_ADDRESS): ConfigError {
  return new ConfigError(
    `Temporal at ${address} can't be reached: start it, or set TEMPORAL_ADDRESS`,
  );
}
