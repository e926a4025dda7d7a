import type { Http, HttpAnswer } from '../http/index.ts';
import { ManagementError } from './errors.ts';
import { ask, isForLater } from './registration.ts';

/** Whose trials begin anew (`temp-pass-feature`, "Reset TempPass"). */
export interface TempPassReset {
  /** The service provider. */
  requestorId: string;
  mvpdId: string;
  of: ResetOf;
}

/** A device by its plain id, an identity by its hash, or all, which has to be said. */
export type ResetOf = { device: string } | { key: string } | 'all-devices' | 'all-keys';

/** The path is spelled so. */
const PATH = '/reset-tempass/v3/reset';

/** The address to send DELETE to. */
export function resetUrl(managementUrl: string, { requestorId, mvpdId, of }: TempPassReset): URL {
  const { path, name, value } = targetOf(of);
  const url = new URL(path, managementUrl);
  url.searchParams.set(name, value);
  url.searchParams.set('requestor_id', requestorId);
  url.searchParams.set('mvpd_id', mvpdId);
  return url;
}

function targetOf(of: ResetOf): { path: string; name: string; value: string } {
  const byKey = { path: `${PATH}/generic`, name: 'key' };
  const byDevice = { path: PATH, name: 'device_id' };
  if (of === 'all-keys') return { ...byKey, value: 'all' };
  if (of === 'all-devices') return { ...byDevice, value: 'all' };
  return 'key' in of ? { ...byKey, value: of.key } : { ...byDevice, value: of.device };
}

/** What to do with an answer: done, or what has to be new before the call is repeated. */
export type ResetOutcome = 'done' | 'new-token' | 'new-credentials';

/** @throws ManagementError for a request that Adobe can't do, or not now */
export async function resetTempPass(
  http: Http,
  url: URL,
  accessToken: string,
): Promise<ResetOutcome> {
  const answer = await ask(http, {
    url,
    method: 'DELETE',
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return outcomeOf(answer, url);
}

function outcomeOf({ status }: HttpAnswer, url: URL): ResetOutcome {
  if (status === 204) return 'done';
  if (status === 401) return 'new-token';
  if (status === 403) return 'new-credentials';
  if (status === 400) {
    const { searchParams: asked } = url;
    throw new ManagementError(
      'bad_request',
      `Adobe refused to reset ${asked.get('mvpd_id')} of ${asked.get('requestor_id')} (400): check that this is a TempPass of that service provider`,
      { status },
    );
  }
  const message = `Adobe answered the reset with ${status}, not with 204`;
  throw new ManagementError(`http_${status}`, message, { status, retryable: isForLater(status) });
}
