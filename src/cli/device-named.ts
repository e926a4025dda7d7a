import { namedBy } from '../gateway/client-id.ts';
import { CommandError } from './fail.ts';

/**
 * A device by app and id, or by the client id of a TV alone.
 *
 * @throws CommandError without an id, and for the client id of another app
 */
export function wantedDevice(
  first: string,
  second: string | undefined,
): { app: string; id: string } {
  const named = namedBy(second ?? first);
  if (named && (second === undefined || named.app === first)) {
    return { app: named.app, id: named.installation };
  }
  if (named) throw new CommandError(`this client_id is of the app ${named.app}, not ${first}`);
  if (second !== undefined) return { app: first, id: second };
  throw new CommandError(
    `${first.slice(0, 40)} alone names no device: give an app and an id, or the client_id of a TV`,
  );
}
