import { z } from 'zod';

const name = z.string().regex(/^[_A-Za-z][_0-9A-Za-z]*$/, 'use a name that GraphQL allows');
const query = z.string().regex(/^[^/;]+(\/[^/;]+)+$/, 'use <configuration>/<query>');
/** Where a field is in a fragment: a name, or a path into references (`channel.resourceId`). */
const field = z
  .string()
  .regex(
    /^[_A-Za-z]\w*(\.[_A-Za-z]\w*)*$/,
    'use names with dots between, as in channel.resourceId',
  );

/** Fields of a title in a fragment; null where the site's model has no such field. */
const fieldsSchema = z.strictObject({
  path: field.default('_path'),
  slug: field.default('slug'),
  title: field.default('title'),
  channelResourceId: field.default('channelResourceId'),
  assetId: field.nullable().default('assetId'),
  ratingScheme: field.nullable().default('ratingScheme'),
  ratingValue: field.nullable().default('ratingValue'),
  authorizeWith: field.nullable().default('authorizeWith'),
  requiresAuth: field.nullable().default('requiresAuth'),
  availableFrom: field.nullable().default('availableFrom'),
  availableTo: field.nullable().default('availableTo'),
  poster: field.nullable().default('poster._publishUrl'),
});

/**
 * How the catalogue is read. The defaults fit the starter package in `aem/`; a site with a model
 * of its own names its queries, its model and its fields here.
 */
export const catalogueSettingsSchema = z.strictObject({
  tier: z.enum(['author', 'preview', 'publish']).default('publish'),
  /** Name of the model in GraphQL: answers come as `<model>Paginated` and `<model>List`. */
  model: name.default('tveAsset'),
  queries: z
    .strictObject({
      /** Takes `$first` and `$after`. */
      page: query.default('tve/assets-page'),
      /** Takes `$slug`. */
      bySlug: query.default('tve/asset-by-slug'),
    })
    .prefault({}),
  fields: fieldsSchema.prefault({}),
  /** Sent with both queries, e.g. a locale. */
  variables: z.record(name, z.union([z.string(), z.number(), z.boolean()])).default({}),
  /** Titles a page; AEM gives 100 at most. */
  pageSize: z.int().min(1).max(100).default(50),
});

/** The settings with every default filled in. */
export type CatalogueSettings = z.output<typeof catalogueSettingsSchema>;

/** The settings as they are given. */
export type CatalogueOptions = z.input<typeof catalogueSettingsSchema>;

/** Where each field of a title is. */
export type TitleFields = CatalogueSettings['fields'];
