import { changedProperties, type Configuration, TOKEN_HANDLER } from './configuration.ts';
import type { FelixConsole } from './console.ts';
import { KeyRolloutError } from './errors.ts';
import type { AemHost } from './host.ts';

const SWITCH = 'token.encapsulated';

/** What switching did. */
export interface Switched {
  /** False where it was so already. */
  changed: boolean;
}

export function isEncapsulated({ properties }: Configuration): boolean {
  return properties[SWITCH] === 'true';
}

/**
 * Makes the token handler's configuration what it was before, but for the switch, and reads it back.
 * What an earlier try has left half written or damaged is written anew.
 *
 * @param before read in a step of its own: a repeated try would take its own work for what was before
 * @throws KeyRolloutError `configuration_not_written`, `configuration_damaged`
 */
export async function switchEncapsulation(
  host: AemHost,
  console: FelixConsole,
  before: Configuration,
  on: boolean,
): Promise<Switched> {
  const now = await console.configuration(TOKEN_HANDLER);
  if (isEncapsulated(now) === on && changedProperties(before, now, SWITCH).length === 0) {
    return { changed: false };
  }
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
