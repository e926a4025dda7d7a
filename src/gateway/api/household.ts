import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HouseholdClient, HouseholdTv } from '../../client.ts';
import type { Gateway, Http } from '../context.ts';
import { leavingDeviceOf, tvHeadersSchema } from '../devices.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import {
  householdSignedOutSchema,
  householdTvsSchema,
  renameSchema,
  renamedSchema,
} from './household-schemas.ts';
import { leftToDo } from './logout.ts';
import { problems } from './problem.ts';
import { checkRedirect } from './redirect.ts';
import { logoutRequestSchema, logoutSchema } from './schemas.ts';

const tvParams = z.object({
  id: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'Of the list', example: 'dHYgb2YgYSBob3VzZWhv' }),
});
const NEEDS =
  'For TVs of a known household: by its backend’s software statement, or by an AD-Service-Token that the gateway can verify; others get 403 `no_household`.';

/** "My TVs", for TVs that somebody we believe put into a household: the TV's own word does not count. */
export function addHousehold(app: Http, gateway: Gateway): void {
  const { onRequest, security } = needs(gateway, 'device', 'tv');
  const { adobePassOrigins, settings } = gateway;
  const route = { tags: ['household'], security, headers: tvHeadersSchema };

  /** @throws DevicePassError `no_household` */
  const householdOf = async (request: FastifyRequest): Promise<HouseholdClient> => {
    await checkGrant(gateway, request);
    return leavingDeviceOf(gateway, bearerOf(request).client, request).household();
  };
  const wantedEnd = (request: FastifyRequest, redirectUrl: string | undefined) => {
    if (redirectUrl === undefined) return {};
    checkRedirect(bearerOf(request).client, redirectUrl);
    return { redirectUrl };
  };

  app.get(
    '/v1/household/tvs',
    {
      onRequest,
      schema: {
        ...route,
        operationId: 'listHouseholdTvs',
        summary: 'The TVs of the household',
        description: `Those heard of last come first. One that came a moment ago may be missing. ${NEEDS}`,
        response: { 200: householdTvsSchema, ...problems },
      },
    },
    async (request) => {
      const tvs = await (await householdOf(request)).tvs();
      return { tvs: tvs.map((tv) => shown(tv, settings.appNames)) };
    },
  );

  app.post(
    '/v1/household/tvs/:id/name',
    {
      onRequest,
      schema: {
        ...route,
        operationId: 'nameHouseholdTv',
        summary: 'Call a TV by a name',
        description: `For all of the household. ${NEEDS}`,
        params: tvParams,
        body: renameSchema,
        response: { 200: renamedSchema, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { name } = request.body;
      await (await householdOf(request)).rename(id, name);
      return { id, name };
    },
  );

  app.post(
    '/v1/household/tvs/:id/sign-out',
    {
      onRequest,
      schema: {
        ...route,
        operationId: 'signOutHouseholdTv',
        summary: 'Sign one TV out; the others stay signed in',
        description: `It hears so at once. ${NEEDS}`,
        params: tvParams,
        body: logoutRequestSchema,
        response: { 200: logoutSchema, ...problems },
      },
    },
    async (request) => {
      const end = wantedEnd(request, request.body?.redirectUrl);
      const household = await householdOf(request);
      const { status, actions, problem } = await household.signOut(request.params.id, end);
      gateway.standings.doubt(bearerOf(request).client.device);
      const left = leftToDo(actions, adobePassOrigins);
      return { status, actions: left, ...(problem ? { problem } : {}) };
    },
  );

  app.post(
    '/v1/household/sign-out',
    {
      onRequest,
      schema: {
        ...route,
        operationId: 'signOutHousehold',
        summary: 'Sign all TVs of the household out',
        description: `Each hears so at once, this one too. ${NEEDS}`,
        body: logoutRequestSchema,
        response: { 200: householdSignedOutSchema, ...problems },
      },
    },
    async (request) => {
      const end = wantedEnd(request, request.body?.redirectUrl);
      const tvs = await (await householdOf(request)).signOutAll(end);
      gateway.standings.doubt(bearerOf(request).client.device);
      return {
        tvs: tvs.map(({ id, status, actions, problem }) => ({
          id,
          status,
          actions: leftToDo(actions, adobePassOrigins),
          ...(problem ? { problem } : {}),
        })),
      };
    },
  );
}

function shown(
  { id, app, name, model, lastSeenAt, isThis, signedIn }: HouseholdTv,
  appNames: ReadonlyMap<string, string>,
) {
  const appName = appNames.get(app);
  return {
    id,
    ...(name === undefined ? {} : { name }),
    model,
    ...(appName === undefined ? {} : { appName }),
    lastSeenAt: lastSeenAt.toISOString(),
    isThis,
    ...(signedIn ? { signedIn: { ...signedIn, expiresAt: signedIn.expiresAt.toISOString() } } : {}),
  };
}
