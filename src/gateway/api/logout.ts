import { DevicePassError, type LogoutAction, type LogoutAnswer } from '../../client.ts';
import { isAtAdobe } from '../adobe-pages.ts';
import type { Gateway, Http } from '../context.ts';
import { leavingDeviceOf, tvHeadersSchema } from '../devices.ts';
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
        operationId: 'logout',
        summary: 'Sign out; the answer says what is left to do on the TV',
        description:
          'Ends the sign-in at the provider and all tokens of the viewer. Of a TV that is in a household, for all its TVs where the provider signs them in together; /v1/household/tvs/{id}/sign-out is for one.',
        security,
        headers: tvHeadersSchema,
        body: logoutRequestSchema,
        response: { 200: logoutSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const { redirectUrl } = request.body ?? {};
      if (redirectUrl !== undefined) checkRedirect(client, redirectUrl);
      const { status, actions, problem } = await signedOut(() =>
        leavingDeviceOf(gateway, client, request).logout(
          redirectUrl === undefined ? {} : { redirectUrl },
        ),
      );
      gateway.standings.doubt(client.device);
      return {
        status,
        actions: leftToDo(actions, gateway.adobePassOrigins),
        ...(problem ? { problem } : {}),
      };
    },
  );
}

/** A device that nobody knows any more is signed out: to ask for a sign-in would be absurd here. */
async function signedOut(logout: () => Promise<LogoutAnswer>): Promise<LogoutAnswer> {
  try {
    return await logout();
  } catch (error) {
    const unknown = error instanceof DevicePassError && error.action === 'authentication';
    if (unknown) return { status: 'signed-out', actions: [] };
    throw error;
  }
}

/** The actions for the TV, without a page that is not at Adobe: nobody else may have it opened. */
export function leftToDo(actions: readonly LogoutAction[], adobePassOrigins: readonly string[]) {
  return actions.map(({ url, ...action }) => {
    const isOpen = url !== undefined && isAtAdobe(url, adobePassOrigins);
    const told = { ...action, ...(isOpen ? { url } : {}) };
    return { ...told, todo: todoOf(told) };
  });
}

/**
 * By `actionType`, an open set: what we don't know leaves the app nothing to do. An Apple sign-in ends
 * in the settings of the system only, which the viewer has to be told (LO-04).
 */
function todoOf({ actionName, actionType, url }: LogoutAction) {
  const atPartner = actionType === 'partner_interactive' || actionName === 'partner_logout';
  if (atPartner) return 'system-settings' as const;
  return actionType === 'interactive' && url !== undefined
    ? ('open-url' as const)
    : ('nothing' as const);
}
