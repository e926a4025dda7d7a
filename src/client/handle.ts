import { type Binding, open, seal, type Sealed, SealedError } from '../sealing/index.ts';
import { type DeviceIdentity, deviceOfWorkflow } from '../device-identity.ts';
import type { ClientContext } from './context.ts';
import { DevicePassError } from './errors.ts';

/** The query parameter of `returnUrl` that carries a device's handle. */
const PARAMETER = 'device';
/** Longer than a TV shows codes on end; an address in somebody's history is of no use after it. */
const LIFE_MS = 7 * 24 * 3_600_000;
/** Whose it is stands in it: a handle is all that is known where it comes back. */
const HANDLE: Binding = { purpose: 'handle', owner: [] };

/**
 * The page where a login ends, with a handle of the device in it that nobody else could have made.
 * It comes back twice: with the viewer's browser, and in Adobe's answer to `GET sessions/{code}`,
 * so that no index from codes to devices has to be kept.
 */
export async function returnUrlOf(
  { keys, returnUrl }: Pick<ClientContext, 'keys' | 'returnUrl'>,
  workflowId: string,
): Promise<string | undefined> {
  if (returnUrl === undefined) return undefined;
  const url = new URL(returnUrl);
  const handle = { workflowId, until: Date.now() + LIFE_MS };
  url.searchParams.set(PARAMETER, await seal(keys, handle, HANDLE));
  return url.href;
}

/**
 * The workflow id behind a return URL, or behind the handle alone, for a week.
 *
 * @throws DevicePassError `unknown_handle`
 */
export async function workflowIdOf(
  { keys }: Pick<ClientContext, 'keys'>,
  returned: string,
): Promise<string> {
  const handle = URL.canParse(returned) ? new URL(returned).searchParams.get(PARAMETER) : returned;
  try {
    const sealed = (handle ?? '') as Sealed<{ workflowId?: unknown; until?: unknown } | null>;
    const { workflowId, until } = (await open(keys, sealed, HANDLE)) ?? {};
    const isOurs = typeof workflowId === 'string' && deviceOfWorkflow(workflowId);
    if (isOurs && typeof until === 'number' && until > Date.now()) return workflowId;
  } catch (error) {
    if (!(error instanceof SealedError)) throw error;
  }
  throw unknownHandle();
}

/** The device of a workflow that a handle named. @throws DevicePassError `unknown_handle` */
export function identityOf(workflowId: string): DeviceIdentity {
  const identity = deviceOfWorkflow(workflowId);
  if (identity) return identity;
  throw unknownHandle();
}

function unknownHandle(): DevicePassError {
  return new DevicePassError(
    'unknown_handle',
    'this is not the handle of a device: start again on the TV',
  );
}
