import { z } from 'zod';
import type { FastifyRequest } from 'fastify';
import { BROWSER_HEADER, type Caller } from '../browsers.ts';
import { Codes } from '../codes.ts';
import type { Gateway, Http } from '../context.ts';
import { TOKEN_HEADERS } from '../devices.ts';
import { visitorOf } from '../visitors.ts';
import { secondsSince, secondsUntil } from './moments.ts';
import { problems } from './problem.ts';
import { checkedCodeSchema, chooseSchema, codeSchema, mvpdsSchema } from './schemas.ts';

const chosenSchema = z
  .discriminatedUnion('status', [
    z
      .object({ status: z.literal('go'), url: z.string() })
      .meta({ id: 'ChosenGo', description: 'Open `url` in the viewer’s browser.' }),
    z
      .object({ status: z.literal('signed-in') })
      .meta({ id: 'ChosenSignedIn', description: 'The TV is signed in without a page.' }),
  ])
  .meta({ id: 'Chosen', description: 'What comes of the choice' });

const declinedSchema = z
  .object({
    status: z.literal('declined'),
    isTold: z.boolean().meta({ description: 'Whether the TV could be told' }),
  })
  .meta({ id: 'Declined', description: 'The code has ended' });

const visitorSchema = z.looseObject({
  [BROWSER_HEADER]: z.string().optional().meta({
    description:
      'Names the viewer’s browser, the same each time: by it too many browsers of one code are noticed. Left out, nobody is counted.',
  }),
  [TOKEN_HEADERS.visitorIdentifier]: z
    .string()
    .optional()
    .meta({ description: 'Experience Cloud ID of the viewer on the phone' }),
});

/** The second screen without our pages (flows F3, F4): check a code, see providers, choose one. */
export function addActivation(app: Http, gateway: Gateway): void {
  const codes = new Codes(gateway);
  const tags = ['activation'];

  app.get(
    '/v1/activation/:code',
    {
      schema: {
        tags,
        operationId: 'checkCode',
        summary: 'What a code stands for',
        description:
          'For an activation page of your own. A wrong code is a 404, and too many of them a 429.',
        params: codeSchema,
        headers: visitorSchema,
        response: { 200: checkedCodeSchema, ...problems },
      },
    },
    async (request) => {
      const checked = await codes.check(request.params.code, callerOf(request));
      const { known, sameNetwork, appName, askedAt, place, isHeld, isShared } = checked;
      const { device, expiresAt, missingParameters, mvpd, url } = known;
      return {
        status: 'known' as const,
        device: { ...device },
        missingParameters,
        ...(expiresAt === undefined
          ? {}
          : {
              expiresAt: expiresAt.toISOString(),
              expiresIn: secondsUntil(expiresAt),
            }),
        ...(mvpd === undefined ? {} : { mvpd }),
        ...(sameNetwork === undefined ? {} : { sameNetwork }),
        ...(appName === undefined ? {} : { app: appName }),
        ...(askedAt === undefined
          ? {}
          : { askedAt: askedAt.toISOString(), askedAgo: secondsSince(askedAt) }),
        ...(place === undefined ? {} : { place }),
        ...(isShared ? { openedElsewhere: true } : {}),
        ...(isHeld ? { waitsFor: 'tv' } : {}),
        ...(url === undefined || isHeld ? {} : { url: codes.adobeOnly(url) }),
      };
    },
  );

  app.get(
    '/v1/activation/:code/providers',
    {
      schema: {
        tags,
        operationId: 'listProvidersOfCode',
        summary: 'Providers to choose from',
        description: 'Those that the app of the TV offers, for a page of your own.',
        params: codeSchema,
        headers: visitorSchema,
        response: { 200: mvpdsSchema, ...problems },
      },
    },
    async (request) => {
      const { screen } = await codes.check(request.params.code, callerOf(request));
      const providers = await screen.providers();
      return {
        mvpds: providers.map(({ id, displayName, logoUrl, isTempPass }) => ({
          id,
          displayName,
          isTempPass,
          ...(logoUrl === undefined ? {} : { logoUrl }),
        })),
      };
    },
  );

  app.post(
    '/v1/activation/:code',
    {
      schema: {
        tags,
        operationId: 'chooseProvider',
        summary: 'Choose a provider; open `url` in the viewer’s browser',
        description: 'The answer says where the viewer signs in.',
        params: codeSchema,
        headers: visitorSchema,
        body: chooseSchema,
        response: { 200: chosenSchema, ...problems },
      },
    },
    async (request) => codes.choose(request.params.code, callerOf(request), request.body.mvpd.id),
  );

  app.post(
    '/v1/activation/:code/decline',
    {
      schema: {
        operationId: 'declineCode',
        tags,
        summary: 'The viewer did not start this',
        description: 'The code ends, and the TV is told: `access_denied`, and an event.',
        params: codeSchema,
        response: { 200: declinedSchema, ...problems },
      },
    },
    async (request) => {
      const isTold = await codes.decline(request.params.code, callerOf(request), request.log);
      return { status: 'declined' as const, isTold };
    },
  );
}

/** A page of your own names the viewer's browser, so that it is counted once wherever it is. */
function callerOf({ address, place, headers }: FastifyRequest): Caller {
  const browser = headers[BROWSER_HEADER];
  return {
    ip: address.ip,
    place,
    visitorIdentifier: visitorOf({ headers }),
    ...(typeof browser === 'string' && browser !== '' ? { browser: browser.slice(0, 200) } : {}),
  };
}
