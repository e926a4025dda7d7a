import { stockFilters } from './dispatcher.ts';
import type { FieldName } from './titles.ts';

/** The three services of an AEM environment. */
export type Tier = 'author' | 'preview' | 'publish';
export const tiers: readonly Tier[] = ['author', 'preview', 'publish'];

/** Who a token stands for. */
export interface AemUser {
  /** What `currentuser.json` calls the user. */
  id: string;
  /** False: a technical account without rights, whose lists are silently empty. */
  reads: boolean;
  /** Whether persisted queries may be changed. */
  writes: boolean;
}

/** What a bearer token is worth; undefined for one that AEM can make nothing of. */
export type TokenLookup = (token: string) => AemUser | 'expired' | undefined;

/** Settings of the stand-in. */
export interface AemSandboxOptions {
  /** Size of the catalogue. Default 200. */
  titles?: number;
  host?: string;
  /** Default: free ports. */
  ports?: Partial<Record<Tier, number>>;
  /** Configuration below `/conf` that has an endpoint. Default `tve`. */
  configuration?: string;
  /** Folder of the fragments. Default `/content/dam/tve/`. */
  root?: string;
  /** Name of the model in GraphQL. Default `tveAsset`. */
  model?: string;
  /** Other names for the model's fields. */
  fieldNames?: Partial<Record<FieldName, string>>;
  /** Tokens from elsewhere, such as a stand-in for IMS; asked before those of `issueToken`. */
  users?: TokenLookup;
  /** Login of a local AEM with Basic. Default `admin:admin`. */
  basicLogin?: string;
  /** The OSGi switch `responseContentTypeGraphQLResponseJson`: errors get statuses. */
  graphQlStatuses?: boolean;
  /** What browsers without a login get. Default `redirect`. */
  login?: 'redirect' | 'page';
  /** Cloud Manager's `ENABLE_GRAPHQL_ENDPOINT`. */
  adHocOnPublish?: boolean;
  /** Dispatcher filter rules of preview and publish. Default: those of the project archetype. */
  filters?: string;
  /** `CACHE_GRAPHQL_PERSISTED_QUERIES` without `DispatcherNoCanonURL`. */
  dispatcherCaches?: boolean;
  /** What the CDN says an answer's `Age` is, seconds; absent: it was fetched for this request. */
  ageSeconds?: number;
}

type Open = 'users' | 'ageSeconds';
export type AemSandboxSettings = Required<Omit<AemSandboxOptions, Open>> &
  Pick<AemSandboxOptions, Open>;

/** Fills in the defaults. */
export function settingsOf(options: AemSandboxOptions): AemSandboxSettings {
  return {
    titles: 200,
    host: '127.0.0.1',
    ports: {},
    configuration: 'tve',
    root: '/content/dam/tve/',
    model: 'tveAsset',
    fieldNames: {},
    basicLogin: 'admin:admin',
    graphQlStatuses: false,
    login: 'redirect',
    adHocOnPublish: false,
    filters: stockFilters,
    dispatcherCaches: false,
    ...options,
  };
}
