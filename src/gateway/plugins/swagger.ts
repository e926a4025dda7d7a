import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { Http } from '../context.ts';

/** OpenAPI 3.1, made from the schemas that validate. Register it before the routes. */
export async function addSwagger(app: Http, issuer: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'devicepass gateway',
        version: '1',
        description: 'Signing TVs in with their pay-TV provider: OAuth 2.0 device flow and an API.',
      },
      servers: [{ url: issuer }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'at+jwt (RFC 9068)',
            description:
              'An access token of /oauth/token, with the scope that is named: `device` is the TV itself (client_credentials), `tv` the viewer who is signed in (device_code, refresh_token).',
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
  let document: Document | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=300');
    return (document ??= tidied(app.swagger()));
  });
}

/** As much of OpenAPI as is touched here. */
interface Document {
  paths: Record<string, Record<string, { responses?: Record<string, { content?: object }> }>>;
  components: { schemas: Record<string, unknown> };
}

/** Errors of the API are problem details; schemas that nothing refers to are left out. */
function tidied(made: unknown): Document {
  const document = structuredClone(made) as Document;
  for (const [path, operations] of Object.entries(document.paths)) {
    if (!path.startsWith('/v1/')) continue;
    for (const { responses = {} } of Object.values(operations)) {
      for (const [status, response] of Object.entries(responses)) {
        if (!/^[45]/.test(status)) continue;
        response.content = { 'application/problem+json': Object.values(response.content ?? {})[0] };
      }
    }
  }
  while (dropUnused(document));
  return document;
}

function dropUnused({ paths, components: { schemas } }: Document): boolean {
  const text = JSON.stringify([paths, schemas]);
  const unused = Object.keys(schemas).filter(
    (name) => !text.includes(`"#/components/schemas/${name}"`),
  );
  for (const name of unused) delete schemas[name];
  return unused.length > 0;
}
