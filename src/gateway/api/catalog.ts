import { createHash } from 'node:crypto';
import type { CataloguePage, TitlePlay } from '../../client.ts';
import type { Gateway, Http } from '../context.ts';
import { deviceOf, tvHeadersSchema } from '../devices.ts';
import { bearerOf, checkGrant, needs } from './bearer.ts';
import {
  accessPageSchema,
  type CatalogTitle,
  catalogPageQuerySchema,
  catalogPageSchema,
  notModifiedSchema,
  playTitleSchema,
  titlePlaySchema,
} from './catalog-schemas.ts';
import { iso, mediaTokenOf } from './moments.ts';
import { problems } from './problem.ts';

/** As AEM keeps the pages: a minute, then beside those who ask, and through a day without AEM. */
const KEPT = 'max-age=60, stale-while-revalidate=600, stale-if-error=86400';

/**
 * The catalogue in two halves, so that caches may keep the large one: titles, the same for everybody,
 * and what one viewer may watch of a page, which no cache may have. Joined by slug.
 */
export function addCatalog(app: Http, gateway: Gateway): void {
  const isPublic = gateway.pass.catalogueIsPublic === true;
  const ofAnyTv = needs(gateway, 'device', 'tv');
  const ofViewers = needs(gateway, 'tv');

  app.get(
    '/v1/catalog',
    {
      // Drafts, and what AEM shows to its account only, are not for everybody.
      ...(isPublic ? {} : { onRequest: ofAnyTv.onRequest }),
      schema: {
        tags: ['tv'],
        operationId: 'listTitles',
        summary: 'A page of titles, the same for everybody: caches may keep it',
        description:
          'Join it by slug with what the viewer may watch. Send `If-None-Match` to hear of changes only.',
        ...(isPublic ? {} : { security: ofAnyTv.security }),
        querystring: catalogPageQuerySchema,
        response: { 200: catalogPageSchema, 304: notModifiedSchema, ...problems },
      },
    },
    async (request, reply) => {
      const page = pageOf(await gateway.pass.catalogue(request.query));
      const etag = etagOf(page);
      reply.header('etag', etag);
      reply.header('cache-control', `${isPublic ? 'public' : 'private'}, ${KEPT}`);
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return page;
    },
  );

  app.get(
    '/v1/catalog/access',
    {
      onRequest: ofViewers.onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'listAccess',
        summary: 'What the viewer may watch of the same page: a hint for the screen, by slug',
        description: 'Of the page with the same `after` and `first`. No cache may keep it.',
        security: ofViewers.security,
        headers: tvHeadersSchema,
        querystring: catalogPageQuerySchema,
        response: { 200: accessPageSchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const device = deviceOf(gateway, bearerOf(request).client, request);
      const { titles, signedIn, problem } = await device.catalogue(request.query);
      return {
        signedIn,
        access: Object.fromEntries(titles.map(({ slug, access }) => [slug, access])),
        ...(problem ? { problem } : {}),
      };
    },
  );

  app.post(
    '/v1/play',
    {
      onRequest: ofViewers.onRequest,
      schema: {
        tags: ['tv'],
        operationId: 'playTitle',
        summary: 'Plays a title: the decision, and a media token for this one play',
        description: 'As /v1/authorize, for a title of the catalogue.',
        security: ofViewers.security,
        headers: tvHeadersSchema,
        body: playTitleSchema,
        response: { 200: titlePlaySchema, ...problems },
      },
    },
    async (request) => {
      await checkGrant(gateway, request);
      const device = deviceOf(gateway, bearerOf(request).client, request);
      return playOf(await device.play(request.body));
    },
  );
}

function pageOf({ titles, next, stale }: CataloguePage) {
  return { titles: titles.map(titleOf), ...(next === undefined ? {} : { next }), stale };
}

/** Without what only backends need: the path in AEM, and how the title is authorized. */
function titleOf({
  slug,
  title,
  requiresAuth,
  rating,
  availableFrom,
  availableTo,
  poster,
}: CataloguePage['titles'][number]): CatalogTitle {
  return {
    slug,
    title,
    requiresAuth,
    ...(rating === undefined ? {} : { rating }),
    ...(availableFrom === undefined ? {} : { availableFrom: iso(availableFrom) }),
    ...(availableTo === undefined ? {} : { availableTo: iso(availableTo) }),
    ...(poster === undefined ? {} : { poster }),
  };
}

function playOf(play: TitlePlay) {
  const title = titleOf(play.title);
  if (play.status !== 'permitted') return { ...play, title };
  return { ...play, title, mediaToken: mediaTokenOf(play.mediaToken) };
}

function etagOf(page: object): string {
  return `"${createHash('sha256').update(JSON.stringify(page)).digest('base64url').slice(0, 27)}"`;
}

/** RFC 9110, section 13.1.2: a list, weak or not. */
function matches(header: string | undefined, etag: string): boolean {
  if (header?.trim() === '*') return true;
  return (header ?? '').split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}
