import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { Http } from '../context.ts';
import { described } from '../openapi/document.ts';
import { SCOPE_MEANINGS, TAGS } from '../openapi/tags.ts';

/** OpenAPI 3.1, made from the schemas that validate. Register it before the routes. */
export async function addSwagger(app: Http, issuer: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'devicepass gateway',
        version: '1',
        description:
          'Signing TVs in with their pay-TV provider: OAuth 2.0 device flow and an API. Answers may gain fields: ignore what you do not know.',
        contact: { name: 'Whoever runs this gateway', url: issuer },
        license: { name: 'As agreed with whoever runs this gateway', url: issuer },
      },
      servers: [{ url: issuer }],
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: {
            // The one flow of a TV that this version of OpenAPI can name.
            type: 'oauth2',
            flows: {
              clientCredentials: { tokenUrl: `${issuer}/oauth/token`, scopes: SCOPE_MEANINGS },
            },
            description:
              'A bearer token of /oauth/token (at+jwt, RFC 9068), with the scope that is named: `device` by client_credentials, `tv` by the device flow (RFC 8628) and refresh_token.',
          },
          stream: {
            type: 'apiKey',
            in: 'query',
            name: 'stream_token',
            description: 'Of /v1/events/token, for an EventSource that sends no headers.',
          },
          backend: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'Signed by a backend with a key of GATEWAY_STATEMENTS: `iss` its app, `aud` the address of the operation, `iat` and `exp` ten minutes apart at most.',
          },
          client: {
            type: 'http',
            scheme: 'basic',
            description:
              'client_id and client_secret of /oauth/register, by Basic; or as fields of the form.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  let document: object | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300');
    return (document ??= described(app.swagger()));
  });
}
