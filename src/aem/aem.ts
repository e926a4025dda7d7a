import { jsonOf, failureOf } from './answer.ts';
import { createAuthorization } from './authorization.ts';
import type { About, AemCall, AemOperation } from './call.ts';
import { AemError } from './errors.ts';
import { graphQlOf } from './graphql.ts';
import type { GraphQlAnswer } from './graphql.ts';
import { currentUserPath, userOf } from './identity.ts';
import { settingsOf } from './options.ts';
import type { AemOptions } from './options.ts';
import { configurationPath, queryPath } from './paths.ts';
import { perform } from './perform.ts';
import type { Progress } from './perform.ts';
import { createPersistedQueries } from './persisted-query.ts';
import type { PersistedQueryInput } from './persisted-query.ts';
import { persistBody, storedQueriesOf } from './stored-queries.ts';
import type { StoredQuery } from './stored-queries.ts';
import type { Tier } from './tier.ts';
import { createTransport } from './transport.ts';
import type { Sent } from './transport.ts';
import type { Variables } from './variables.ts';

/** An ad-hoc query: for editors' tools, never for viewers. */
export interface AdHocQueryInput {
  query: string;
  variables?: Variables;
  /** Configuration whose endpoint is asked. Default `global`. */
  configuration?: string;
}

/**
 * GraphQL of an AEM environment, call by call. Every call rejects with an `AemError`, with the
 * reason of its aborted signal, or with an error of the token source as it is. None is repeated
 * here but once after a renewed token.
 */
export interface Aem {
  /** Tiers that have a host. */
  tiers: readonly Tier[];
  persistedQuery(input: PersistedQueryInput, call?: AemCall): Promise<GraphQlAnswer>;
  /** On author only: publish keeps its endpoint closed, and nothing caches the answers. */
  adHocQuery(input: AdHocQueryInput, call?: AemCall): Promise<GraphQlAnswer>;
  /** Who AEM takes us for; `anonymous` for nobody. Publish and preview usually hide it. */
  currentUser(tier: Tier, call?: AemCall): Promise<string>;
  /** The persisted queries of a configuration, on author. */
  listQueries(configuration: string, call?: AemCall): Promise<StoredQuery[]>;
  /** Creates a persisted query on author; with `replace` puts it in place of the present one. */
  persistQuery(query: StoredQuery, replace: boolean, call?: AemCall): Promise<void>;
  /** Closes the client's own connections. */
  close(): void;
}

/**
 * Makes a client for one AEM environment. Share it: connections, cache, bulkhead and breaker are
 * per client.
 *
 * @throws TypeError or RangeError for settings that can't work.
 */
export function createAem(options: AemOptions): Aem {
  const settings = settingsOf(options);
  const { exchange, close } = createTransport(settings);
  const authorization = createAuthorization(settings, exchange);

  const send = async (sent: Sent, call: AemCall = {}) =>
    perform(sent.about, settings.requestTimeoutMs, call, async (signal, note) => {
      const progress: Progress = { waitsFor: 'aem' };
      note({ progress });
      const answer = await authorization.send(sent, signal, progress);
      note({ status: answer.status });
      return answer;
    });
  const aboutOf = (operation: AemOperation, tier: Tier): About => ({
    operation,
    tier,
    host: settings.hosts[tier],
  });

  return {
    tiers: Object.keys(settings.hosts) as Tier[],
    persistedQuery: createPersistedQueries(settings, authorization),
    async adHocQuery({ query, variables = {}, configuration }, call) {
      const about = aboutOf('adHocQuery', 'author');
      const path = `/content/_cq_graphql/${configurationPath(about, configuration)}/endpoint.json`;
      const json = { query, variables };
      return graphQlOf(about, await send({ about, method: 'POST', path, json }, call));
    },
    async currentUser(tier, call) {
      const about = aboutOf('currentUser', tier);
      const answer = await send({ about, method: 'GET', path: currentUserPath }, call);
      const user = userOf(answer);
      if (user !== undefined) return user;
      jsonOf(about, answer);
      throw answer.status === 200 ? noUser(about) : failureOf(about, answer);
    },
    async listQueries(configuration, call) {
      const about = aboutOf('listQueries', 'author');
      const path = `/graphql/list.json/${configurationPath(about, configuration)}`;
      const answer = await send({ about, method: 'GET', path }, call);
      const body = jsonOf(about, answer);
      if (answer.status !== 200) throw failureOf(about, answer);
      return storedQueriesOf(body);
    },
    async persistQuery(query, replace, call) {
      const about = aboutOf('persistQuery', 'author');
      const path = `/graphql/persist.json/${queryPath(about, query.path)}`;
      const method = replace ? 'POST' : 'PUT';
      const answer = await send({ about, method, path, json: persistBody(query) }, call);
      jsonOf(about, answer);
      if (answer.status > 299) throw failureOf(about, answer);
    },
    close,
  };
}

function noUser(about: About): AemError {
  return new AemError({
    ...about,
    code: 'invalid_answer',
    hint: 'the answer names no user: check that the host is AEM',
    retryable: false,
  });
}
