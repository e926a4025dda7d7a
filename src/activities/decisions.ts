import type { Decision } from '../adobe-pass/index.ts';
import { isRetryable } from '../adobe-pass/index.ts';
import { seal } from '../sealing/index.ts';
import type { AuthorizeAnswer, DecisionAnswer } from '../workflows/messages.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { ask, authorized, type AuthorizedAsker, inTime, MAX_ATTEMPTS } from './upstream.ts';

const ITEM_BACKOFF_MS = 200;

export function decisionActivities(dependencies: Dependencies) {
  const { adobePass, keys, config } = dependencies;

  return {
    /**
     * What may probably be played: for filtering content only, never for playback (PRE-01, PRE-02).
     * Lists are cut to what was agreed with the MVPD (S2S-28); only items that say `retry` are sent
     * again, at most three times in all (EEC-05).
     */
    async preauthorize(
      asker: AuthorizedAsker,
      mvpd: string,
      resources: string[],
    ): Promise<Upstream<DecisionAnswer[]>> {
      return ask(asker, async (call) => {
        const common = { ...(await authorized(dependencies, asker)), mvpd };
        const answers = new Map<string, Decision>();
        for (let start = 0; start < resources.length; start += config.preauthorizeChunk) {
          const chunk = resources.slice(start, start + config.preauthorizeChunk);
          const decisions = await untilNoRetry(asker.deadline, chunk, async (items) =>
            adobePass.preauthorize({ ...common, resources: items }, inTime(call, asker.deadline)),
          );
          for (const decision of decisions) answers.set(decision.resource, decision);
        }
        return resources.flatMap((resource) => {
          const decision = answers.get(resource);
          return decision ? [item(decision)] : [];
        });
      });
    },

    /** The decision before a play, with a fresh media token for one use (AZ-01, TOK-01). */
    async authorize(
      asker: AuthorizedAsker,
      mvpd: string,
      resource: string,
    ): Promise<Upstream<AuthorizeAnswer>> {
      return ask(asker, async (call) => {
        const common = { ...(await authorized(dependencies, asker)), mvpd };
        const [decision] = await untilNoRetry(asker.deadline, [resource], async (resources) =>
          adobePass.authorize({ ...common, resources }, inTime(call, asker.deadline)),
        );
        if (decision?.authorized && decision.mediaToken) {
          return {
            status: 'permitted',
            resource,
            mvpd,
            source: decision.source,
            mediaToken: await seal(keys, decision.mediaToken),
          };
        }
        const { code, action, message, details, trace } = decision?.error ?? {
          code: 'no_decision',
          action: 'none',
          message: 'Adobe Pass gave no decision for this resource.',
        };
        return {
          status: 'denied',
          resource,
          mvpd,
          code,
          action,
          message,
          ...(details ? { details } : {}),
          ...(trace ? { trace } : {}),
        };
      });
    },
  };
}

async function untilNoRetry(
  deadline: number,
  resources: string[],
  decide: (resources: string[]) => Promise<Decision[]>,
): Promise<Decision[]> {
  const settled: Decision[] = [];
  let open = resources;
  for (let attempt = 1; ; attempt += 1) {
    const decisions = await decide(open);
    const again = decisions.filter(({ error }) => error !== undefined && isRetryable(error));
    const last = attempt === MAX_ATTEMPTS || Date.now() + ITEM_BACKOFF_MS * attempt >= deadline;
    if (again.length === 0 || last) return [...settled, ...decisions];
    settled.push(...decisions.filter((decision) => !again.includes(decision)));
    open = again.map(({ resource }) => resource);
    await new Promise((resolve) => setTimeout(resolve, ITEM_BACKOFF_MS * attempt));
  }
}

function item({ resource, authorized, source, error }: Decision): DecisionAnswer {
  return {
    resource,
    authorized,
    source,
    ...(error
      ? {
          error: {
            code: error.code,
            action: error.action,
            message: error.message,
            ...(error.details ? { details: error.details } : {}),
            ...(error.trace ? { trace: error.trace } : {}),
          },
        }
      : {}),
  };
}
