import type { Aem } from './aem.ts';
import type { About, AemCall } from './call.ts';
import { catalogueSettingsSchema } from './catalogue-settings.ts';
import type { CatalogueOptions } from './catalogue-settings.ts';
import { holeIn, pageOf } from './catalogue-page.ts';
import type { CataloguePage } from './catalogue-page.ts';
import { AemError } from './errors.ts';
import { isRecord } from './json.ts';
import { followCursors } from './pages.ts';
import { readTitle } from './title.ts';
import type { Title } from './title.ts';

/** Which page to read. */
export interface PageInput {
  /** `endCursor` of the page before; absent for the first. */
  after?: string | undefined;
  /** Titles a page, at most 100. Default: the settings' `pageSize`. */
  first?: number | undefined;
  /** Ask AEM even while what we have is fresh. */
  revalidate?: boolean | undefined;
}

/** The titles that AEM holds. Rejects as {@link Aem} does. */
export interface Catalogue {
  page(input?: PageInput, call?: AemCall): Promise<CataloguePage>;
  /**
   * Every page from the first, or from `after` on: resume there after a break. Forward only, in
   * AEM's order, which is no editor's. Memory holds one page; breaking out of the loop ends it.
   */
  pages(input?: PageInput, call?: AemCall): AsyncGenerator<CataloguePage, void, undefined>;
  /** Undefined when AEM has no such title, or this tier or user doesn't see it. */
  bySlug(slug: string, call?: AemCall): Promise<Title | undefined>;
}

/**
 * Reads a catalogue through persisted queries.
 *
 * @throws ZodError for settings that can't work.
 */
export function createCatalogue(aem: Aem, options: CatalogueOptions = {}): Catalogue {
  const settings = catalogueSettingsSchema.parse(options);
  const { tier, queries, variables, fields, model } = settings;
  const aboutPage: About = { operation: 'persistedQuery', tier, query: queries.page };
  const aboutSlug: About = { operation: 'persistedQuery', tier, query: queries.bySlug };

  async function page(input: PageInput = {}, call?: AemCall): Promise<CataloguePage> {
    const { first = settings.pageSize, after, revalidate } = input;
    if (!(Number.isInteger(first) && first >= 1 && first <= 100)) {
      throw new AemError({
        ...aboutPage,
        code: 'invalid_request',
        details: `first ${first}`,
        hint: 'ask for 1 to 100 titles a page',
        retryable: false,
      });
    }
    const asked = { ...variables, first, after };
    const answer = await aem.persistedQuery(
      { tier, query: queries.page, variables: asked, revalidate },
      call,
    );
    return pageOf(aboutPage, answer, settings);
  }

  return {
    // Here the cursor may be anything that a caller sends; `pages` follows AEM's own.
    async page(input, call) {
      try {
        return await page(input, call);
      } catch (error) {
        if (input?.after === undefined || !isAboutCursor(error)) throw error;
        throw new AemError({
          ...aboutPage,
          code: 'invalid_cursor',
          details: `after ${input.after}`,
          hint: 'begin at the first page',
          retryable: false,
        });
      }
    },
    pages: ({ after, ...rest } = {}, call = {}) =>
      followCursors(aboutPage, (cursor) => page({ ...rest, after: cursor }, call), after),
    async bySlug(slug, call) {
      const answer = await aem.persistedQuery(
        { tier, query: queries.bySlug, variables: { ...variables, slug } },
        call,
      );
      const list = answer.data[`${model}List`];
      const items = isRecord(list) ? list['items'] : undefined;
      const refuse = (code: string, details: string, hint: string) =>
        new AemError({ ...aboutSlug, code, details, hint, retryable: false });
      if (!Array.isArray(items)) {
        throw refuse('invalid_answer', `no ${model}List.items`, 'check the model in the settings');
      }
      if (items.length === 0) return undefined;
      if (items.length > 1) {
        throw refuse('duplicate_slug', slug, 'slugs must be unique: correct the fragments');
      }
      const read = readTitle(items[0], fields);
      const hole = answer.partial ? holeIn(answer.errors, [], fields) : undefined;
      if (hole !== undefined && !('issue' in read)) {
        throw new AemError({
          ...aboutSlug,
          code: 'partial_data',
          errors: answer.errors,
          details: hole,
          hint: 'AEM left out what decides over access: read the title again, then look at the fragment',
          retryable: true,
        });
      }
      if ('issue' in read) {
        throw refuse(
          answer.partial ? 'partial_data' : 'invalid_title',
          `${read.issue.problem} at ${read.issue.path}`,
          'correct the fragment, or the field mapping in the settings',
        );
      }
      if (read.title.slug !== slug) {
        throw refuse(
          'invalid_answer',
          `asked ${slug}, got ${read.title.slug}`,
          'install the query',
        );
      }
      return read.title;
    },
  };
}

/** AEM has no code for it, and calls it a query that does not fit. */
function isAboutCursor(error: unknown): boolean {
  if (!(error instanceof AemError) || error.code !== 'graphql_errors') return false;
  return error.errors.some(({ message }) => /invalid cursor/i.test(message));
}
