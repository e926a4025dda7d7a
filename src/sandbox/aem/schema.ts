import { fieldFilter } from './graphql/filter.ts';
import type { ObjectType } from './graphql/run.ts';
import { QueryError } from './graphql/tokens.ts';
import type { AemSandboxSettings } from './options.ts';
import type { FieldName, Fragment } from './titles.ts';

type Item = Record<string, unknown>;

const fieldNames: readonly FieldName[] = [
  'slug',
  'title',
  'channelResourceId',
  'assetId',
  'ratingScheme',
  'ratingValue',
  'authorizeWith',
  'requiresAuth',
  'availableFrom',
  'availableTo',
  'poster',
];

/** What AEM would generate from the model, over the fragments that the asking user sees. */
export function schemaFor(
  fragments: readonly Fragment[],
  { model, fieldNames: renamed }: Pick<AemSandboxSettings, 'model' | 'fieldNames'>,
): ObjectType {
  const nameOf = (field: FieldName) => renamed[field] ?? field;
  const readers = new Map<string, (fragment: Fragment) => unknown>([
    ['_path', ({ path }) => path],
    ...fieldNames.map((field) => [nameOf(field), ({ fields }: Fragment) => fields[field]] as const),
  ]);
  const itemOf = (fragment: Fragment): Item =>
    Object.fromEntries([...readers].map(([name, read]) => [name, read(fragment)]));
  const image: ObjectType = {
    name: 'ImageRef',
    fields: { _publishUrl: {}, width: {}, height: {} },
  };
  const fragment: ObjectType = { name: `${model}Model`, fields: { _path: {} } };
  for (const field of fieldNames) {
    fragment.fields[nameOf(field)] = field === 'poster' ? { type: image } : {};
  }
  const found = (filter: unknown) => filtered(fragments, readers, filter);
  const edge: ObjectType = { name: 'Edge', fields: { cursor: {}, node: { type: fragment } } };
  const info: ObjectType = { name: 'PageInfo', fields: { endCursor: {}, hasNextPage: {} } };
  const connection: ObjectType = {
    name: 'Connection',
    fields: { edges: { type: edge }, pageInfo: { type: info } },
  };
  const list: ObjectType = { name: 'Results', fields: { items: { type: fragment } } };
  const single: ObjectType = { name: 'Result', fields: { item: { type: fragment } } };
  return {
    name: 'Query',
    fields: {
      [`${model}Paginated`]: {
        type: connection,
        args: ['first', 'after', 'filter'],
        resolve: ({ first = 50, after, filter }) => pageOf(found(filter), itemOf, first, after),
      },
      [`${model}List`]: {
        type: list,
        args: ['offset', 'limit', 'filter'],
        resolve: ({ offset = 0, limit, filter }) => {
          const byPath = found(filter).toSorted((a, b) => (a.path < b.path ? -1 : 1));
          const end = limit === undefined ? undefined : Number(offset) + Number(limit);
          return { items: byPath.slice(Number(offset), end).map(itemOf) };
        },
      },
      [`${model}ByPath`]: {
        type: single,
        args: ['_path'],
        resolve: ({ _path }) => {
          const one = fragments.find(({ path }) => path === _path);
          return { item: one ? itemOf(one) : null };
        },
      },
    },
  };
}

function filtered(
  fragments: readonly Fragment[],
  readers: ReadonlyMap<string, (fragment: Fragment) => unknown>,
  filter: unknown,
): readonly Fragment[] {
  if (filter === undefined || filter === null) return fragments;
  const tests = Object.entries(filter).map(([field, given]) => {
    const read = readers.get(field);
    if (!read) {
      throw new QueryError('ValidationError', `Validation error: filter: no field '${field}'`);
    }
    const matches = fieldFilter(field, given);
    return (fragment: Fragment) => matches(read(fragment));
  });
  return fragments.filter((fragment) => tests.every((test) => test(fragment)));
}

/** Forward paging over the UUIDs: 50 a page unless asked otherwise, 100 at most. */
function pageOf(
  fragments: readonly Fragment[],
  itemOf: (fragment: Fragment) => Item,
  first: unknown,
  after: unknown,
) {
  if (typeof first !== 'number' || first < 1 || first > 100) {
    throw new QueryError('ValidationError', `'first' must be between 1 and 100: ${String(first)}`);
  }
  const last = typeof after === 'string' ? uuidOf(after) : '';
  const start = last === '' ? 0 : fragments.findIndex(({ uuid }) => uuid > last);
  const shown = start < 0 ? [] : fragments.slice(start, start + first);
  const end = shown.at(-1);
  return {
    edges: shown.map((fragment) => ({ cursor: cursorOf(fragment), node: itemOf(fragment) })),
    pageInfo: {
      endCursor: end ? cursorOf(end) : '',
      hasNextPage: start >= 0 && start + shown.length < fragments.length,
    },
  };
}

function cursorOf({ uuid }: Fragment): string {
  return Buffer.from(`cursor:${uuid}`).toString('base64');
}

function uuidOf(cursor: string): string {
  const text = Buffer.from(cursor, 'base64').toString();
  if (text.startsWith('cursor:')) return text.slice('cursor:'.length);
  throw new QueryError('ValidationError', `Invalid cursor '${cursor}'`);
}
