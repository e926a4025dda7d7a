import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { AuthenticateOptions } from '../../client.ts';
import type { Client } from '../clients.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf, tvHeadersSchema } from '../devices.ts';
import { deviceAuthorization, openSession } from '../oauth/device-authorization.ts';
import { nothingSchema } from '../oauth/errors.ts';
import { chosenOnTv } from '../providers.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import { Problem, problems, tooMany } from './problem.ts';
import { checkRedirect } from './redirect.ts';
import { authenticatedSchema, authenticateSchema } from './schemas.ts';
import { sessionOf } from './session-of.ts';

/** Login with a provider that was chosen on the TV (flow F2), also on the TV's own screen. */
export function addAuthenticate(app: Http, gateway: Gateway): void {
  const tags = ['tv'];
  const { onRequest, security } = needs(gateway, 'device', 'tv');

  app.post(
    '/v1/authenticate',
    {
      onRequest,
      schema: {
        tags,
        operationId: 'authenticate',
        summary: 'Begin a login with a provider; open `session.url`, poll with the device code',
        description:
          'Where Adobe has a profile of that provider already (/v1/profiles), it takes the place of the present one without a login. Otherwise who is signed in with another is signed out by this at once, whatever comes of the new login.',
        security,
        headers: tvHeadersSchema,
        body: authenticateSchema,
        response: { 200: authenticatedSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const { screen, redirectUrl, tempPassIdentity } = request.body;
      if (redirectUrl !== undefined) checkRedirect(client, redirectUrl);
      const wanted = {
        screen,
        ...(await chosen(gateway, client, request)),
        ...(tempPassIdentity === undefined ? {} : { tempPassIdentity }),
        ...(redirectUrl === undefined ? {} : { redirectUrl }),
      };
      const standing = await openSession(gateway, client, request, wanted);
      return {
        authorization: await deviceAuthorization(gateway, client, standing),
        session: sessionOf(standing),
      };
    },
  );

  app.post(
    '/v1/browser-returned',
    {
      onRequest,
      schema: {
        tags,
        operationId: 'browserReturned',
        summary: 'The provider’s page on the TV has ended: ask now instead of at the next poll',
        description:
          'A must after a login that returned to a `redirectUrl` of your own: without it up to 120 s pass before anybody asks. Without a body.',
        security,
        response: { 202: nothingSchema, ...problems },
      },
    },
    async (request, reply) => {
      await checkGrant(gateway, request);
      const { client } = bearerOf(request);
      const retryAfter = gateway.quotas.nudge(client.device);
      if (retryAfter !== undefined)
        throw tooMany('the browser returned too often: wait', retryAfter);
      await deviceOf(gateway, client, request).browserReturned();
      return reply.code(202).send({});
    },
  );
}

/** A provider that is on offer, or whatever trial is left: for that no list is read (CFG-03). */
async function chosen(
  gateway: Gateway,
  client: Client,
  { address, body: { mvpd, trial } }: Pick<FastifyRequest, 'address'> & { body: Chosen },
): Promise<Pick<AuthenticateOptions, 'mvpd' | 'trial'>> {
  if (mvpd && !trial) return { mvpd: await chosenOnTv(gateway, client, address.ip, mvpd.id) };
  if (trial && !mvpd) return { trial: true };
  throw new Problem(400, 'invalid_request', 'give mvpd, or "trial": true: one of the two');
}

type Chosen = Pick<z.infer<typeof authenticateSchema>, 'mvpd' | 'trial'>;
