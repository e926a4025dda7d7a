import { openBriefly, SealedError, sealBriefly } from '../sealing/index.ts';
import { type DeviceIdentity, deviceOfWorkflow, deviceWorkflowId } from '../device-identity.ts';
import type { ClientContext } from './context.ts';
import { DevicePassError } from './errors.ts';

/** The query parameter of `returnUrl` that carries a device's handle. */
const PARAMETER = 'device';
/** Longer than a TV shows codes on end; an address in somebody's history is of no use after it. */
const LIFE_S = 7 * 24 * 3_600;
/** Adobe, and whoever is on the way, may encode an address once more, or twice. */
const MOST_ENCODINGS = 3;

/**
 * The page where a login ends, with a handle of the device in it that nobody else could have made.
 * It comes back twice: with the viewer's browser, and in Adobe's answer to `GET sessions/{code}`.
 * About 95 characters: Adobe's checks of addresses grow stricter.
 */
export async function returnUrlOf(
  { keys, returnUrl }: Pick<ClientContext, 'keys' | 'returnUrl'>,
  workflowId: string,
): Promise<string | undefined> {
  if (returnUrl === undefined) return undefined;
  const url = new URL(returnUrl);
  const handle = written(identityOf(workflowId), Math.floor(Date.now() / 1_000) + LIFE_S);
  url.searchParams.set(PARAMETER, await sealBriefly(keys, handle, 'handle'));
  return url.href;
}

/**
 * The workflow id behind a return URL, or behind the handle alone, for a week. The URL may have been
 * decoded, or encoded once more, on its way.
 *
 * @throws DevicePassError `unknown_handle`
 */
export async function workflowIdOf(
  { keys, taskQueue }: Pick<ClientContext, 'keys' | 'taskQueue'>,
  returned: string,
): Promise<string> {
  for (const handle of handlesIn(returned)) {
    try {
      const { identity, until } = read(await openBriefly(keys, handle, 'handle'));
      if (until * 1_000 > Date.now()) return deviceWorkflowId(taskQueue, identity);
    } catch (error) {
      if (!(error instanceof SealedError)) throw error;
    }
  }
  throw unknownHandle();
}

/** The device of a workflow that a handle named. @throws DevicePassError `unknown_handle` */
export function identityOf(workflowId: string): DeviceIdentity {
  const identity = deviceOfWorkflow(workflowId);
  if (identity) return identity;
  throw unknownHandle();
}

/** What could be a handle, as it is written and with each layer of percent-encoding taken off. */
function handlesIn(returned: string): Set<string> {
  const found = new Set<string>();
  let text = returned.trim();
  if (!text.includes('=')) found.add(text);
  for (let layer = 0; layer <= MOST_ENCODINGS; layer += 1) {
    const [, handle] = PARAMETER_IN.exec(text) ?? [];
    if (handle !== undefined) found.add(handle);
    text = text.replaceAll(/%([0-7][0-9a-f])/gi, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return found;
}

const PARAMETER_IN = new RegExp(`\\b${PARAMETER}=([A-Za-z0-9_-]+)`);

/** End of its life, 4 bytes; the hash of the device's id, 32; the app. */
function written({ app, deviceId }: DeviceIdentity, until: number): Uint8Array {
  const end = Buffer.alloc(4);
  end.writeUInt32BE(until);
  return Buffer.concat([end, Buffer.from(deviceId, 'hex'), Buffer.from(app)]);
}

function read(handle: Uint8Array): { identity: DeviceIdentity; until: number } {
  const bytes = Buffer.from(handle);
  const deviceId = bytes.subarray(4, 36).toString('hex');
  return { until: bytes.readUInt32BE(0), identity: { deviceId, app: bytes.toString('utf8', 36) } };
}

function unknownHandle(): DevicePassError {
  return new DevicePassError(
    'unknown_handle',
    'this is not the handle of a device: start again on the TV',
  );
}
