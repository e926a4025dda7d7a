import { nameVariants } from './discriminators.ts';
import { EXAMPLES } from './examples.ts';
import { dropUnused, mergeInputs } from './names.ts';
import { plain } from './plain-schemas.ts';
import {
  type Document,
  type Media,
  nameOf,
  type Operation,
  type Response,
} from './specification.ts';

const REFUSED =
  'Refused: the code says why. Of a 429, `Retry-After` says how many seconds to wait.';
const NOT_NOW =
  'Something at or behind the gateway is not available: ask again, after `Retry-After` where it is there.';
const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds until it is worth asking again',
    schema: { type: 'integer', minimum: 1 },
  },
};

/** What Fastify and zod say of our routes, as generators of clients and people can use it. */
export function described(made: unknown): Document {
  const document = plain(structuredClone(made)) as Document;
  // Each schema was made for both ways, whichever is gone.
  dropUnused(document);
  mergeInputs(document);
  nameVariants(document.components.schemas);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) {
      // No list at all would mean that nobody knows.
      operation.security ??= [];
      describeRequest(document, operation);
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        describeResponse(document, path, status, response);
      }
    }
  }
  dropUnused(document);
  return document;
}

/** A body may be left out where nothing in it must be there. */
function describeRequest({ components }: Document, { requestBody }: Operation): void {
  if (!requestBody) return;
  for (const media of Object.values(requestBody.content)) {
    const { anyOf = [] } = media.schema ?? {};
    if (anyOf.some(({ type }) => type === 'null')) media.schema = anyOf[0] ?? {};
    const { required = [] } = components.schemas[nameOf(media.schema)] ?? {};
    requestBody.required = required.length > 0;
    addExample(media);
  }
}

function describeResponse(
  { components }: Document,
  path: string,
  status: string,
  response: Response,
): void {
  const isError = /^[45]/.test(status);
  const [media] = Object.values(response.content ?? {});
  // Errors of the API are problem details.
  if (media && isError && path.startsWith('/v1/')) {
    response.content = { 'application/problem+json': media };
  }
  if (isError) {
    response.description = status.startsWith('4') ? REFUSED : NOT_NOW;
    response.headers = RETRY_AFTER;
  } else if (response.description === 'Default Response') {
    response.description = components.schemas[nameOf(media?.schema)]?.description ?? 'Done.';
  }
  const kind = status.startsWith('5') ? ' 5XX' : '';
  for (const each of Object.values(response.content ?? {})) addExample(each, kind);
}

function addExample(media: Media, kind = ''): void {
  const examples = EXAMPLES[nameOf(media.schema) + kind];
  if (!examples) return;
  const [only, ...others] = Object.entries(examples);
  if (others.length === 0) media.example = only?.[1];
  else {
    media.examples = Object.fromEntries(
      Object.entries(examples).map(([name, value]) => [name, { value }]),
    );
  }
}
