import { z } from 'zod';
import { defined, lenient } from './fields.ts';
import type { Call } from './operation.ts';
import { absoluteUrl, segment } from './paths.ts';
import type { MvpdInput } from './profiles.ts';
import type { Send } from './transport.ts';

/** What is left to do on the device, after Adobe removed a profile. */
export interface LogoutAction {
  mvpd: string;
  /** `logout`, `partner_logout`, `complete`, `invalid` or newer. */
  actionName: string;
  /** `interactive` (open `url`), `partner_interactive` (system settings), `none` or newer. */
  actionType: string;
  /** Absolute. */
  url?: string;
}

export interface LogoutInput extends MvpdInput {
  /** Where the browser ends. */
  redirectUrl: string;
}

const logoutSchema = z.object({
  logouts: z.record(
    z.string(),
    z.object({
      actionName: z.string(),
      actionType: z.string().catch('none'),
      url: lenient(z.string()),
    }),
  ),
});

/**
 * Signs the viewer out; only when the viewer asked for it, never because of a denial
 * (`rest-api-v2-logout-apis-initiate-logout-for-specific-mvpd`).
 */
export function logout(send: Send, baseUrl: string, input: LogoutInput, call?: Call) {
  const { accessToken, serviceProvider, device, redirectUrl } = input;
  const provider = segment('logout', 'serviceProvider', serviceProvider);
  const mvpd = segment('logout', 'mvpd', input.mvpd);
  return send(
    {
      operation: 'logout',
      method: 'GET',
      path: `/api/v2/${provider}/logout/${mvpd}?redirectUrl=${encodeURIComponent(redirectUrl)}`,
      device,
      accessToken,
      // The map's key is the provider; a documented answer contradicts it inside.
      parse: (body): LogoutAction[] =>
        Object.entries(logoutSchema.parse(body).logouts).map(([key, { url, ...action }]) =>
          defined({ mvpd: key, ...action, url: absoluteUrl(baseUrl, url) }),
        ),
    },
    call,
  );
}
