import { AdobePassError, isValidStatus, type StreamingDevice } from '../adobe-pass/index.ts';
import type { Dependencies } from './dependencies.ts';
import { applicationFailure } from './failures.ts';
import { type Asker, openTokens } from './upstream.ts';

/** Whether the partner's framework vouches for the viewer, as the latest request tells. */
export async function bringsValidStatus(
  { keys }: Pick<Dependencies, 'keys'>,
  asker: Asker,
): Promise<boolean> {
  const status = (await openTokens(keys, asker))?.partnerFrameworkStatus;
  return status !== undefined && isValidStatus(status);
}

/**
 * The device of a decision. The partner's status goes with decisions about its own profiles only
 * (PFS-03); and there nothing is asked without one, for Adobe would not find the profile.
 *
 * @throws ApplicationFailure `partner_status_required`
 */
export function deciding(
  { partner }: Pick<Asker, 'partner'>,
  device: StreamingDevice,
): StreamingDevice {
  if (partner === undefined) return withoutStatus(device);
  const status = device.viewerTokens?.partnerFrameworkStatus;
  if (status && isValidStatus(status)) return device;
  throw applicationFailure(
    'partner_status_required',
    `signed in by ${partner}: send its framework's status, granted and not ended, with each decision; where it has none, sign in by it anew`,
    { action: 'none', status: 400 },
  );
}

/**
 * The framework vouches for a viewer of another provider than that of the sign-in: whatever Adobe asks for
 * (nothing), the viewer has to sign in again, which the framework may do in silence.
 */
export function vouchesForAnother({ partner }: Pick<Asker, 'partner'>): (error: unknown) => never {
  return (error) => {
    const isRefused = error instanceof AdobePassError && STATUS_REFUSED.test(error.code);
    if (partner === undefined || !isRefused) throw error;
    const { operation, code, retryable, status, reason, trace } = error;
    throw new AdobePassError({
      operation,
      code,
      action: 'authentication',
      retryable,
      ...(status === undefined ? {} : { status }),
      ...(reason === undefined ? {} : { reason }),
      ...(trace === undefined ? {} : { trace }),
    });
  };
}

/**
 * The framework vouches for a viewer of another provider: that says nothing of a trial, a rule or a login of
 * this one, so it is asked for again without the status. Where there is none of them the refusal stands.
 */
export function askedWithoutStatus<T>(
  device: StreamingDevice,
  again: (bare: StreamingDevice) => Promise<T | undefined>,
): (error: unknown) => Promise<T> {
  return async (error) => {
    if (!(error instanceof AdobePassError) || !isOfAnotherProvider(error)) throw error;
    const found = await again(withoutStatus(device));
    if (found === undefined) throw error;
    return found;
  };
}

function withoutStatus(device: StreamingDevice): StreamingDevice {
  const { partnerFrameworkStatus: _status, ...viewerTokens } = device.viewerTokens ?? {};
  return { ...device, viewerTokens };
}

/** Whether Adobe refused because the status is that of another provider ("Enhanced error codes"). */
export function isOfAnotherProvider({ code }: { code: string }): boolean {
  return code === 'invalid_header_pfs_provider_id_mismatch';
}

/** "Enhanced error codes": of what is wrong with a status. */
const STATUS_REFUSED = /^invalid_header_pfs_/;
