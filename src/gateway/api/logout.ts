import type { LogoutAction } from '../../client.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf } from '../devices.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { problems } from './problem.ts';
import { checkRedirect } from './redirect.ts';
import { logoutRequestSchema, logoutSchema } from './schemas.ts';

/** Signing out at the provider (flow F8); revocation ends only our tokens. */
export function addLogout(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'tv');

  app.post(
    '/v1/logout',
    {
      onRequest,
      schema: {
        tags: ['tv'],
        summary: 'Sign out; the answer says what is left to do on the TV',
        description: 'Ends the sign-in at the provider and all tokens of the viewer.',
        security,
        body: logoutRequestSchema,
        response: { 200: logoutSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const { redirectUrl } = request.body ?? {};
      if (redirectUrl !== undefined) checkRedirect(client, redirectUrl);
      const { status, actions } = await deviceOf(gateway, client, request).logout(
        redirectUrl === undefined ? {} : { redirectUrl },
      );
      gateway.standings.doubt(client.device);
      return { status, actions: actions.map((action) => ({ ...action, todo: todoOf(action) })) };
    },
  );
}

/** By `actionType`, an open set: what we don't know leaves the app nothing to do. */
function todoOf({ actionType, url }: LogoutAction) {
  if (actionType === 'interactive' && url !== undefined) return 'open-url' as const;
  return actionType === 'partner_interactive' ? ('system-settings' as const) : ('nothing' as const);
}
