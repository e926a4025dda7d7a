import { startAemSandbox } from '../../src/sandbox/aem/index.ts';
import type { AemSandbox, AemSandboxOptions, Tier } from '../../src/sandbox/aem/index.ts';

const running: AemSandbox[] = [];

/** A stand-in with two small queries everywhere. Ended by `cleanUp`. */
export async function start(options: AemSandboxOptions = {}): Promise<AemSandbox> {
  const sandbox = await startAemSandbox({ titles: 120, ...options });
  running.push(sandbox);
  sandbox.install(
    'tve/page',
    `query($first: Int = 50, $after: String) { tveAssetPaginated(first: $first, after: $after) {
      edges { cursor node { _path slug } } pageInfo { endCursor hasNextPage } } }`,
  );
  sandbox.install(
    'tve/found',
    `query($slug: String, $filter: TveAssetModelFilter) { tveAssetList(filter: { slug:
      { _expressions: [{ value: $slug }] } }) { items { slug } } }`,
  );
  return sandbox;
}

export async function cleanUp(): Promise<void> {
  await Promise.all(running.splice(0).map(async (sandbox) => sandbox.stop()));
}

export interface Got {
  status: number;
  type: string;
  headers: Headers;
  text: string;
  json: { data?: Record<string, never> | null; errors?: { message: string }[] };
}

/** Asks a tier as a plain client would; redirects are not followed. */
export async function get(
  sandbox: AemSandbox,
  tier: Tier,
  path: string,
  init: RequestInit = {},
): Promise<Got> {
  const response = await fetch(`${sandbox.hosts[tier]}${path}`, { redirect: 'manual', ...init });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const json = (type.includes('json') ? JSON.parse(text) : {}) as Got['json'];
  return { status: response.status, type, headers: response.headers, text, json };
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

/** Encodes variables as the contract's vectors do. */
export const suffix = (run: string) => `${encodeURIComponent(run)};`;

export const execute = '/graphql/execute.json/tve';

/** Slugs of a page. */
export function slugs({ json }: Got): string[] {
  const page = json.data?.['tveAssetPaginated'] as
    { edges: { node: { slug: string } }[] } | undefined;
  return page?.edges.map(({ node }) => node.slug) ?? [];
}
