import { changedProperties, type Configuration } from './configuration.ts';
import type { FelixConsole } from './console.ts';
import { KeyRolloutError } from './errors.ts';
import type { AemHost } from './host.ts';

/** The doubled `impl` is right. */
export const TOKEN_HANDLER = 'com.day.crx.security.token.impl.impl.TokenAuthenticationHandler';
const SWITCH = 'token.encapsulated';

/** What switching did. */
export interface Switched {
  /** False where it was so already. */
  changed: boolean;
}

export function isEncapsulated({ properties }: Configuration): boolean {
  return properties.get(SWITCH) === 'true';
}

/**
 * Switches encapsulated tokens on or off, and reads back that nothing else has changed.
 *
 * @throws KeyRolloutError `configuration_not_written`, `configuration_damaged`
 */
export async function switchEncapsulation(
  host: AemHost,
  console: FelixConsole,
  on: boolean,
): Promise<Switched> {
  const before = await console.configuration(TOKEN_HANDLER);
  if (isEncapsulated(before) === on) return { changed: false };
  await console.write(before, SWITCH, String(on));
  const after = await console.configuration(TOKEN_HANDLER);
  if (isEncapsulated(after) !== on) {
    throw new KeyRolloutError({
      code: 'configuration_not_written',
      message: `${host.id}: ${SWITCH} is still ${String(!on)} after writing it: is a deployed configuration in front of it?`,
    });
  }
  const damaged = changedProperties(before, after, SWITCH);
  if (damaged.length > 0) {
    throw new KeyRolloutError({
      code: 'configuration_damaged',
      message: `${host.id}: writing ${SWITCH} changed ${damaged.join(', ')} of ${TOKEN_HANDLER}: correct it in the console`,
    });
  }
  return { changed: true };
}
