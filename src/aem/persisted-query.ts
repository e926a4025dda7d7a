import { createAnswerCache } from './answer-cache.ts';
import type { Answer } from './answer.ts';
import type { Authorization } from './authorization.ts';
import type { About, AemCall } from './call.ts';
import { graphQlOf } from './graphql.ts';
import type { GraphQlAnswer } from './graphql.ts';
import type { AemSettings } from './options.ts';
import { executePath } from './paths.ts';
import { perform, timeLimit } from './perform.ts';
import type { Note, Progress } from './perform.ts';
import type { Tier } from './tier.ts';
import type { Variables } from './variables.ts';

/** A persisted query to run. */
export interface PersistedQueryInput {
  tier: Tier;
  /** `<configuration>/<name>`, e.g. `tve/assets-page`. */
  query: string;
  variables?: Variables | undefined;
  /** Ask AEM even while what we have is fresh; its ETag still goes along. */
  revalidate?: boolean | undefined;
}

/**
 * Runs persisted queries by GET, so that CDN and dispatcher may answer. Callers that ask the same
 * at the same time share one request, which no single caller's abort ends.
 */
export function createPersistedQueries(settings: AemSettings, { send, withToken }: Authorization) {
  const cache = createAnswerCache(settings.cacheBytes);
  const underWay = new Map<
    string,
    { asked: Promise<{ answer: Answer; status: number }>; progress: Progress }
  >();

  async function ask(about: About, path: string, key: string, progress: Progress) {
    const kept = cache.get(key)?.answer;
    const etag = kept?.headers.etag;
    const headers = etag === undefined ? {} : { 'if-none-match': etag };
    const sent = { about, method: 'GET' as const, path, headers };
    const answer = await send(sent, timeLimit(settings.requestTimeoutMs), progress);
    if (answer.status === 304 && kept) {
      cache.confirm(key, { ...kept.headers, ...answer.headers });
      return { answer: kept, status: 304 };
    }
    const { errors } = graphQlOf(about, answer);
    // What has holes today may be whole in a moment.
    if (answer.status === 200 && errors.length === 0) cache.keep(key, answer);
    return { answer, status: answer.status };
  }

  return async (input: PersistedQueryInput, call: AemCall = {}): Promise<GraphQlAnswer> => {
    const { tier, query } = input;
    const refused: About = { operation: 'persistedQuery', tier, query };
    // What is wrong with the variables is told to whoever gave them: no host in it.
    const path = executePath(refused, query, input.variables);
    const about: About = { ...refused, host: settings.hosts[tier] };
    const key = `${tier} ${withToken(tier) ? 'token' : 'anonymous'} ${path}`;
    const work = async (_signal: AbortSignal, note: Note) => {
      const kept = cache.get(key);
      if (kept?.fresh && !input.revalidate) {
        note({ cached: true });
        return graphQlOf(about, kept.answer);
      }
      let shared = underWay.get(key);
      if (!shared) {
        const progress: Progress = { waitsFor: 'aem' };
        const asked = ask(about, path, key, progress).finally(() => underWay.delete(key));
        shared = { asked, progress };
        underWay.set(key, shared);
        // Every caller may have left before it fails.
        asked.catch(() => {});
      }
      note({ progress: shared.progress });
      const { answer, status } = await shared.asked;
      note({ status });
      return graphQlOf(about, answer);
    };
    return perform(about, settings.requestTimeoutMs, call, work);
  };
}
