import { createHttp, type Http } from '../http/index.ts';
import { ManagementError } from './errors.ts';
import {
  accessToken,
  type ManagementCredentials,
  register,
  type Registering,
} from './registration.ts';
import { resetTempPass, resetUrl, type TempPassReset } from './reset-temp-pass.ts';

/** Where the management API is, and with what to register for it. */
export interface ManagementOptions extends Omit<Registering, 'http'> {
  /** Such as `https://mgmt.auth.adobe.com`. */
  managementUrl: string;
}

/** Adobe's management API, with a registration of its own. */
export interface AdobeManagement {
  /**
   * Resets trials. A token is taken for each reset; the credentials are kept, and registered anew where
   * Adobe wants that.
   *
   * @param known - Credentials of an earlier time
   * @returns the credentials to keep
   * @throws ManagementError
   */
  resetTempPass(
    reset: TempPassReset,
    known?: ManagementCredentials,
  ): Promise<ManagementCredentials>;
  /** The address that a reset is sent to, by DELETE. */
  resetUrl(reset: TempPassReset): URL;
  close(): void;
}

export function createManagement({
  managementUrl,
  ...options
}: ManagementOptions): AdobeManagement {
  const http: Http = createHttp();
  const registering: Registering = { http, ...options };
  // Of this process: where a call fails halfway its repetition does not register again.
  let own: ManagementCredentials | undefined;

  async function withToken(known: ManagementCredentials | undefined) {
    const credentials = (own = known ?? own ?? (await register(registering)));
    try {
      return { credentials, token: await accessToken(registering, credentials) };
    } catch (error) {
      if (!(error instanceof ManagementError) || error.code !== 'invalid_client') throw error;
      return anew();
    }
  }

  async function anew() {
    const credentials = (own = await register(registering));
    return { credentials, token: await accessToken(registering, credentials) };
  }

  return {
    async resetTempPass(reset, known) {
      const url = resetUrl(managementUrl, reset);
      let { credentials, token } = await withToken(known);
      for (const isLast of [false, false, true]) {
        const outcome = await resetTempPass(http, url, token);
        if (outcome === 'done') return credentials;
        if (isLast) throw denied(outcome === 'new-token' ? 401 : 403);
        ({ credentials, token } =
          outcome === 'new-token' ? await withToken(credentials) : await anew());
      }
      throw denied(403);
    },
    resetUrl: (reset) => resetUrl(managementUrl, reset),
    close: () => http.close(),
  };
}

function denied(status: number): ManagementError {
  return new ManagementError(
    'access_denied',
    `Adobe denies the reset (${status}) with new credentials and a new token: check that the software statement has the scope temporary:passes:owner and this service provider`,
    { status },
  );
}
