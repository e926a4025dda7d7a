import { z } from 'zod';
import { accessSchema } from './open-enums.ts';
import { deniedSchema, permittedSchema } from './schemas.ts';

const time = z.iso.datetime();

export const catalogPageQuerySchema = z.object({
  /** `next` of the page before; absent for the first. */
  after: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^;]+$/, 'use `next` of the page before')
    .optional(),
  /** Titles a page. */
  first: z.coerce.number().int().min(1).max(100).optional(),
});

const titleSchema = z
  .object({
    slug: z.string(),
    title: z.string(),
    requiresAuth: z.boolean().meta({ description: 'False: anybody may watch it' }),
    rating: z
      .object({ scheme: z.string(), value: z.string() })
      .meta({ id: 'Rating', description: 'Of one scheme, as urn:v-chip' })
      .optional(),
    availableFrom: time.optional(),
    availableTo: time.optional(),
    poster: z.string().optional(),
  })
  .meta({ id: 'Title', description: 'A title of the catalogue' });

export type CatalogTitle = z.infer<typeof titleSchema>;

export const catalogPageSchema = z
  .object({
    titles: z.array(titleSchema),
    next: z.string().optional().meta({ description: '`after` of the next page' }),
    stale: z
      .boolean()
      .meta({ description: 'The catalogue can not be read now: this is an older one' }),
  })
  .meta({ id: 'CatalogPage', description: 'A page of titles, the same for everybody' });

export const notModifiedSchema = z.undefined().describe('The page is as its ETag says.');

export const accessPageSchema = z
  .object({
    signedIn: z.boolean(),
    access: z.record(z.string(), accessSchema).meta({ description: 'By slug' }),
    problem: z
      .object({ code: z.string(), action: z.string() })
      .meta({
        id: 'CatalogProblem',
        description: 'Why titles are unknown although somebody is signed in',
      })
      .optional(),
  })
  .meta({ id: 'CatalogAccess', description: 'What the viewer may watch of a page' });

export const playTitleSchema = z
  .strictObject({ slug: z.string().trim().min(1).max(300) })
  .meta({ id: 'PlayRequest', description: 'A title of the catalogue' });

const common = { title: titleSchema };

/** A denial and a refusal are answers, not errors. */
export const titlePlaySchema = z
  .discriminatedUnion('status', [
    permittedSchema.extend(common).meta({ id: 'TitlePermitted', description: 'It may be played.' }),
    deniedSchema
      .extend(common)
      .meta({ id: 'TitleDenied', description: 'The provider says no: show `message`.' }),
    z
      .object({ status: z.literal('open'), ...common })
      .meta({ id: 'TitleOpen', description: 'Anybody may play it.' }),
    z
      .object({ status: z.literal('refused'), code: z.string(), message: z.string(), ...common })
      .meta({
        id: 'TitleRefused',
        description: 'By the programmer’s own rules, or not offered now: show `message`.',
      }),
  ])
  .meta({ id: 'TitlePlay', description: 'The decision for a title' });
