import { z } from 'zod';
import { Codes } from '../codes.ts';
import type { Gateway, Http } from '../context.ts';
import { secondsUntil } from './moments.ts';
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
        response: { 200: checkedCodeSchema, ...problems },
      },
    },
    async (request) => {
      const { known, sameNetwork } = await codes.check(request.params.code, request.address.ip);
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
        ...(url === undefined ? {} : { url: codes.adobeOnly(url) }),
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
        response: { 200: mvpdsSchema, ...problems },
      },
    },
    async (request) => {
      const { screen } = await codes.check(request.params.code, request.address.ip);
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
        body: chooseSchema,
        response: { 200: chosenSchema, ...problems },
      },
    },
    async (request) => codes.choose(request.params.code, request.address.ip, request.body.mvpd.id),
  );
}
