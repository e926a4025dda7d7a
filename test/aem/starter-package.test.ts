import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { catalogueSettingsSchema, createCatalogue, readQueryPackage } from '../../src/aem/index.ts';
import { clientOf, cleanUp, environment } from './support.ts';

const read = (path: string) => readFileSync(new URL(`../../aem/${path}`, import.meta.url), 'utf8');
const model = read('package/jcr_root/conf/tve/settings/dam/cfm/models/tve-asset/.content.xml');
const fields = [...model.matchAll(/metaType="([\w-]+)"\s+name="(\w+)"/g)];

describe('the starter package', () => {
  afterEach(cleanUp);

  it('has a model with every field that the client reads by default', () => {
    const names = fields.map(([, , name]) => name);
    const wanted = Object.values(catalogueSettingsSchema.parse({}).fields)
      .flatMap((field) => field?.split('.')[0] ?? [])
      .filter((field) => !field.startsWith('_'));
    assert.deepEqual(new Set(names), new Set(wanted));
  });

  it('keeps the channel a single line of text at the top, cheap to filter and never rich', () => {
    const types = new Map(fields.map(([, type, name]) => [name, type]));
    assert.equal(types.get('channelResourceId'), 'text-single');
    assert.equal(types.get('slug'), 'text-single');
    assert.ok(![...types.values()].includes('text-multi'));
  });

  it('has queries that ask for every field that the client reads, of the model of its settings', () => {
    const settings = catalogueSettingsSchema.parse({});
    const queries = new Map(readQueryPackage().map(({ path, query }) => [path, query]));
    const page = queries.get(settings.queries.page) ?? assert.fail('no page query');
    const bySlug = queries.get(settings.queries.bySlug) ?? assert.fail('no slug query');
    assert.match(page, new RegExp(`\\b${settings.model}Paginated\\(`));
    assert.match(bySlug, new RegExp(`\\b${settings.model}List\\(`));
    for (const field of Object.values(settings.fields).flatMap((path) => path?.split('.') ?? [])) {
      for (const query of [page, bySlug]) assert.match(query, new RegExp(`\\b${field}\\b`));
    }
  });

  describe("example of catalogue settings, for a model of one's own", () => {
    const example: unknown = JSON.parse(read('catalogue.example.json'));
    const defaults = catalogueSettingsSchema.parse({});

    it('fits the schema, and names every setting and every field', () => {
      const settings = catalogueSettingsSchema.parse(example);
      assert.deepEqual(settings, example, 'nothing is filled in');
      assert.deepEqual(Object.keys(settings.fields), Object.keys(defaults.fields));
    });

    it('is explained with which fields may be null', () => {
      const rows = [
        ...read('README.md').matchAll(/^\| (`\w+`(?:, `\w+`)*) +\|.*\| ([^|]+?) +\|$/gm),
      ];
      const told = rows.flatMap(([, names = '', without]) =>
        [...names.matchAll(/\w+/g)].map(([name]) => [name, without !== 'may not be null']),
      );
      const nullable = Object.keys(defaults.fields).map((name) => [
        name,
        catalogueSettingsSchema.safeParse({ fields: { [name]: null } }).success,
      ]);
      assert.deepEqual(Object.fromEntries(told), Object.fromEntries(nullable));
    });
  });

  it('carries no slash in a variable, so that it works where the dispatcher caches', async () => {
    const sandbox = await environment({ dispatcherCaches: true });
    const catalogue = createCatalogue(clientOf(sandbox));
    const { endCursor, titles } = await catalogue.page();
    assert.equal(titles.length, 50);
    assert.equal((await catalogue.page({ after: endCursor })).titles.length, 50);
  });

  it('opens what the client needs in the dispatcher, and nothing else', async () => {
    const sandbox = await environment();
    sandbox.setFilters(read('dispatcher/filters.any'));
    const catalogue = createCatalogue(clientOf(sandbox));
    const { titles } = await catalogue.page();
    assert.ok(await catalogue.bySlug(titles[0]?.slug ?? ''));
    for (const path of [
      '/graphql/list.json',
      '/graphql/persist.json/tve/x',
      '/content/_cq_graphql/tve/endpoint.json',
      '/libs/granite/security/currentuser.json',
    ]) {
      const { status } = await fetch(`${sandbox.hosts.publish}${path}`, { method: 'POST' });
      assert.equal(status, 404, path);
    }
  });

  it('has an endpoint for the configuration that the queries are in', () => {
    const endpoint = read('package/jcr_root/content/_cq_graphql/tve/endpoint/.content.xml');
    assert.match(endpoint, /configurationPath="\/conf\/tve"/);
    for (const { path } of readQueryPackage()) assert.match(path, /^tve\//);
    const roots = read('package/META-INF/vault/filter.xml');
    assert.match(roots, /\/conf\/tve\/settings\/dam\/cfm\/models\/tve-asset"/);
    assert.match(roots, /\/content\/cq:graphql\/tve"/);
  });

  it('reads another folder when it is told to, and refuses one that can not be', async () => {
    const moved = readQueryPackage(undefined, '/content/dam/my-site/en/');
    for (const { query } of moved) {
      assert.match(query, /"\/content\/dam\/my-site\/en\/"/);
      assert.doesNotMatch(query, /dam\/tve/);
    }
    for (const root of ['/content/dam/x', 'content/dam/x/', '/content/dam/x"}/', '/etc/x/']) {
      assert.throws(() => readQueryPackage(undefined, root), /use \/content\/dam/);
    }
  });
});
