import { z } from 'zod';
import { defined, text } from './fields.ts';
import type { Call } from './operation.ts';
import { segment } from './paths.ts';
import type { MvpdInput } from './profiles.ts';
import { readableEntries } from './reading.ts';
import type { Send } from './transport.ts';

/** What is left to do on the device, after Adobe removed a profile. */
export interface LogoutAction {
  mvpd: string;
  /** `logout`, `partner_logout`, `complete`, `invalid` or newer. */
  actionName: string;
  /** `interactive` (open `url`), `partner_interactive` (system settings), `none` or newer. */
  actionType: string;
  /** Absolute, at Adobe. */
  url?: string;
}

export interface LogoutInput extends MvpdInput {
  /** Where the browser ends. */
  redirectUrl: string;
}

const actionSchema = z
  .object({ actionName: text, actionType: z.string().catch('none'), url: text })
  .refine(({ actionName, url }) => actionName !== undefined || url !== undefined);

/**
 * Signs the viewer out; only when the viewer asked for it, never because of a denial
 * (`rest-api-v2-logout-apis-initiate-logout-for-specific-mvpd`). Adobe has deleted the profile when
 * it answers with success or a redirect, whatever can be read of what is left to do.
 */
export function logout(send: Send, input: LogoutInput, call?: Call) {
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
      goodPart: 'logouts',
      // The map's key is the provider; a documented answer contradicts it inside.
      parse: (body, reading): LogoutAction[] =>
        readableEntries(body['logouts'], 'logouts', actionSchema, reading).map(
          ([key, { actionName = 'logout', actionType, url }]) =>
            defined({ mvpd: key, actionName, actionType, url: reading.browserUrl(url) }),
        ),
      otherwise: ({ status, location }, reading) => {
        reading.note(`logout answered ${status} without a list of what is left to do`);
        const url = reading.browserUrl(location);
        if (status < 300 || url === undefined) return [];
        return [{ mvpd: input.mvpd, actionName: 'logout', actionType: 'interactive', url }];
      },
    },
    call,
  );
}
