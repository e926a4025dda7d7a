import type { About } from './call.ts';
import type { CatalogueSettings, TitleFields } from './catalogue-settings.ts';
import { AemError } from './errors.ts';
import type { GraphQlAnswer, GraphQlError } from './graphql.ts';
import { isRecord } from './json.ts';
import type { Cursor } from './pages.ts';
import { readTitle } from './title.ts';
import type { Title, TitleIssue } from './title.ts';

/** One page of the catalogue. */
export interface CataloguePage extends Cursor {
  titles: Title[];
  /** Fragments that make no title. */
  issues: TitleIssue[];
  /** True when AEM left holes in the answer; `errors` says where. */
  partial: boolean;
  errors: GraphQlError[];
}

/**
 * Reads a page of fragments.
 *
 * @throws AemError `partial_data` when AEM left a hole where a title's access is decided: a title
 * without its channel must not look free. `invalid_answer` when there is no page in the answer.
 */
export function pageOf(
  about: About,
  { data, errors, partial }: GraphQlAnswer,
  { model, fields }: Pick<CatalogueSettings, 'model' | 'fields'>,
): CataloguePage {
  const field = data[`${model}Paginated`];
  const edges = isRecord(field) ? field['edges'] : undefined;
  const info = isRecord(field) ? field['pageInfo'] : undefined;
  if (!Array.isArray(edges) || !isRecord(info) || typeof info['hasNextPage'] !== 'boolean') {
    throw new AemError({
      ...about,
      code: partial ? 'partial_data' : 'invalid_answer',
      errors,
      details: `no ${model}Paginated with edges and pageInfo`,
      hint: 'the query must ask for them: check query and model in the settings',
      retryable: partial,
    });
  }
  const titles: Title[] = [];
  const issues: TitleIssue[] = [];
  for (const edge of edges) {
    const read = readTitle(isRecord(edge) ? edge['node'] : undefined, fields);
    if ('title' in read) titles.push(read.title);
    else issues.push(read.issue);
  }
  const hole = partial ? holeIn(errors, issues, fields) : undefined;
  if (hole !== undefined) {
    throw new AemError({
      ...about,
      code: 'partial_data',
      errors,
      details: hole,
      hint: 'AEM left out what decides over access: read the page again, then look at the fragment',
      retryable: true,
    });
  }
  const endCursor = info['endCursor'];
  return {
    titles,
    issues,
    partial,
    errors,
    hasNextPage: info['hasNextPage'],
    ...(typeof endCursor === 'string' && endCursor !== '' && { endCursor }),
  };
}

/** What a partial answer lacks that decides over access, if anything. */
export function holeIn(
  errors: GraphQlError[],
  issues: TitleIssue[],
  fields: TitleFields,
): string | undefined {
  const [issue] = issues;
  if (issue) return `${issue.problem} at ${issue.path || 'an unnamed fragment'}`;
  const { channelResourceId, requiresAuth, authorizeWith, assetId } = fields;
  const { ratingScheme, ratingValue, availableFrom, availableTo } = fields;
  const deciding = [channelResourceId, requiresAuth, authorizeWith, assetId].concat(
    ratingScheme,
    ratingValue,
    availableFrom,
    availableTo,
  );
  // Nobody says that an error has a path: one without may be about anything.
  if (errors.some(({ path = [] }) => path.length === 0)) return 'an error that names no place';
  return errors
    .flatMap(({ path = [] }) => path)
    .map(String)
    .find((step) => deciding.some((field) => field?.split('.')[0] === step));
}
