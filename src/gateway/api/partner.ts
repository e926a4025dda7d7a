import type { Standing } from '../../client.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { tvHeadersSchema } from '../devices.ts';
import { askingForSession, deviceAuthorization } from '../oauth/device-authorization.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { problems } from './problem.ts';
import { checkRedirect } from './redirect.ts';
import {
  partnerResponseSchema,
  partnerSignInAnswerSchema,
  partnerSignInSchema,
} from './partner-schemas.ts';
import { authenticatedSchema } from './schemas.ts';
import { sessionOf } from './session-of.ts';

/** A SAML response and the rest of its request. */
const BODY_LIMIT = 128 * 1024;

/** Sign-in by Apple's framework on the device (flow F14). */
export function addPartner(app: Http, gateway: Gateway): void {
  const tags = ['tv'];
  const { onRequest, security } = needs(gateway, 'device', 'tv');

  app.post(
    '/v1/partner/apple/sign-in',
    {
      onRequest,
      schema: {
        tags,
        operationId: 'partnerSignIn',
        summary: 'Sign in by Apple’s framework: what to ask it, or a code in place of it',
        description:
          'Send its status with the header AP-Partner-Framework-Status. `partner`: ask the framework, and POST its answer to /v1/partner/apple/response. `settled`: as after /v1/authenticate.',
        security,
        headers: tvHeadersSchema,
        body: partnerSignInSchema,
        response: { 200: partnerSignInAnswerSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const { screen = 'second', redirectUrl } = request.body ?? {};
      const wanted = { screen, ...returning(client, redirectUrl) };
      const answer = await askingForSession(gateway, client, request, (device, asking) =>
        device.partnerSignIn({ ...asking, ...wanted }),
      );
      if (answer.status !== 'partner') {
        return { status: 'settled' as const, ...(await settled(gateway, client, answer)) };
      }
      const { status, partner, type, request: question, attributesNames, mvpd } = answer;
      return {
        status,
        partner,
        authenticationRequest: { type, request: question, attributesNames },
        ...(mvpd === undefined ? {} : { mvpd }),
      };
    },
  );

  app.post(
    '/v1/partner/apple/response',
    {
      onRequest,
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        operationId: 'partnerResponse',
        summary: 'Sign in with what Apple’s framework answered',
        description:
          'Ask the framework for its status again, and send that too. What Adobe refuses leads to a code: `session.fallback` says why.',
        security,
        headers: tvHeadersSchema,
        body: partnerResponseSchema,
        response: { 200: authenticatedSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const { samlResponse, screen, redirectUrl } = request.body;
      const wanted = { samlResponse, screen, ...returning(client, redirectUrl) };
      const standing = await askingForSession(gateway, client, request, (device, asking) =>
        device.partnerResponse({ ...asking, ...wanted }),
      );
      return settled(gateway, client, standing);
    },
  );
}

/** @throws Problem 400 for a page that is not of the app */
function returning(client: Client, redirectUrl: string | undefined): { redirectUrl?: string } {
  if (redirectUrl === undefined) return {};
  checkRedirect(client, redirectUrl);
  return { redirectUrl };
}

async function settled(gateway: Gateway, client: Client, standing: Standing) {
  gateway.standings.note(client.device, standing);
  return {
    authorization: await deviceAuthorization(gateway, client, standing),
    session: sessionOf(standing),
  };
}
