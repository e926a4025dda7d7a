import { z } from 'zod';
import { playSchema } from './schemas.ts';

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
    /** False: anybody may watch it. */
    requiresAuth: z.boolean(),
    rating: z.object({ scheme: z.string(), value: z.string() }).optional(),
    availableFrom: time.optional(),
    availableTo: time.optional(),
    poster: z.string().optional(),
  })
  .meta({ id: 'Title' });

export type CatalogTitle = z.infer<typeof titleSchema>;

export const catalogPageSchema = z
  .object({
    titles: z.array(titleSchema),
    /** `after` of the next page; absent on the last. */
    next: z.string().optional(),
    /** True while the catalogue can't be read and an older one is shown. */
    stale: z.boolean(),
  })
  .meta({ id: 'CatalogPage' });

export const notModifiedSchema = z.undefined().describe('The page is as its ETag says.');

export const accessPageSchema = z
  .object({
    signedIn: z.boolean(),
    /** By slug. Whoever is not in it is `unknown`: show it as playable, and let play decide. */
    access: z.record(z.string(), z.enum(['open', 'likely', 'locked', 'unknown'])),
    /** Why titles are unknown although somebody is signed in. */
    problem: z.object({ code: z.string(), action: z.string() }).optional(),
  })
  .meta({ id: 'CatalogAccess' });

export const playTitleSchema = z
  .object({ slug: z.string().trim().min(1).max(300) })
  .meta({ id: 'PlayRequest' });

const [permitted, denied] = playSchema.options;
const common = { title: titleSchema };

/** A denial and a refusal are answers, not errors. */
export const titlePlaySchema = z
  .discriminatedUnion('status', [
    permitted.extend(common),
    denied.extend(common),
    z.object({ status: z.literal('open'), ...common }),
    /** The programmer's own rules, or not offered now. */
    z.object({
      status: z.literal('refused'),
      code: z.string(),
      message: z.string(),
      ...common,
    }),
  ])
  .meta({ id: 'TitlePlay' });
