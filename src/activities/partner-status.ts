import { AdobePassError, isValidStatus, type StreamingDevice } from '../adobe-pass/index.ts';
import { ofDevice } from '../sealing/index.ts';
import type { Dependencies } from './dependencies.ts';
import { applicationFailure } from './failures.ts';
import { type Asker, openOnce } from './upstream.ts';

/** Whether the partner's framework vouches for the viewer, as the latest request tells. */
export async function bringsValidStatus(
  { keys }: Pick<Dependencies, 'keys'>,
  asker: Asker,
): Promise<boolean> {
  const { viewerTokens: sealed } = asker;
  const tokens = sealed && (await openOnce(keys, asker, sealed, ofDevice('viewer-tokens', asker)));
  const status = tokens?.partnerFrameworkStatus;
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
  const { partnerFrameworkStatus: status, ...others } = device.viewerTokens ?? {};
  if (partner === undefined) return { ...device, viewerTokens: others };
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

/** "Enhanced error codes": of what is wrong with a status. */
const STATUS_REFUSED = /^invalid_header_pfs_/;
