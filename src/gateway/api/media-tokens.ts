import type { FastifyRequest } from 'fastify';
import { readBackend } from '../backends.ts';
import type { Gateway, Http } from '../context.ts';
import { invalidToken, tokenOf } from './bearer.ts';
import { problems } from './problem.ts';
import { mediaTokenVerdictSchema, verifyMediaTokenSchema } from './schemas.ts';

const PATH = '/v1/media-tokens/verify';

/**
 * For servers that release streams and are no Node: never for TVs, whose word on a play is worth
 * nothing, so no access token of a TV lets in.
 */
export function addMediaTokens(app: Http, { pass, trust, settings }: Gateway): void {
  const audience = settings.issuer + PATH;

  app.post(
    PATH,
    {
      async onRequest(request: FastifyRequest) {
        const backend = await readBackend(tokenOf(request.headers.authorization), {
          trust,
          audience,
        });
        if (backend !== undefined) return;
        throw invalidToken('this is for backends: sign a JWT with a key of GATEWAY_STATEMENTS');
      },
      schema: {
        tags: ['backend'],
        operationId: 'verifyMediaToken',
        summary: 'Whether to release the stream that a media token is for',
        description:
          'For the server that releases streams. `release` alone decides. The side-car with Adobe’s verifier is asked; the token is kept nowhere, so who releases refuses one that was here before.',
        security: [{ backend: [] }],
        body: verifyMediaTokenSchema,
        response: { 200: mediaTokenVerdictSchema, ...problems },
      },
    },
    async ({ body: { token, resource, serviceProvider }, log }) => {
      const verdict = await pass.verifyMediaToken({
        token,
        resource,
        ...(serviceProvider === undefined ? {} : { serviceProvider }),
      });
      if (verdict.status !== 'unverified') return verdict;
      const { status, problem, message, release } = verdict;
      log.warn({ problem, release, message }, 'a media token was not verified');
      return { status, problem, release };
    },
  );
}
