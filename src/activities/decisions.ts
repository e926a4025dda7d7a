import type { Decision, EnhancedError } from '../adobe-pass/index.ts';
import { ofDevice, seal } from '../sealing/index.ts';
import type { AuthorizeAnswer, DecisionAnswer } from '../workflows/messages.ts';
import type { Upstream } from '../workflows/upstream-call.ts';
import type { Dependencies } from './dependencies.ts';
import { chunkLimits, inChunks } from './in-chunks.ts';
import { inTries } from './in-tries.ts';
import { ifDenied, ifRegistered } from './denied.ts';
import { deciding, vouchesForAnother } from './partner-status.ts';
import { ask, authorized, type AuthorizedAsker, type CallNote, inTime } from './upstream.ts';

/** Decisions are tried again here, item by item: Temporal would send again what is settled. */
const TRIES = { triesItself: true };

export function decisionCalls(dependencies: Dependencies) {
  const { adobePass, keys, config } = dependencies;
  const limits = chunkLimits(config.preauthorizeChunk, config.preauthorizeLimits);
  const decides = async (asker: AuthorizedAsker, mvpd: string) => {
    const { device, ...common } = await authorized(dependencies, asker, mvpd);
    return { ...common, device: deciding(asker, device), mvpd };
  };

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
      return ask(
        asker,
        async (call, note) => {
          const common = await decides(asker, mvpd);
          const answers = new Map<string, Decision>();
          const decisions = await inChunks(limits, mvpd, resources, async (chunk) =>
            inTries(asker.deadline, chunk, async (items) => {
              const input = { ...common, resources: items };
              const some = await adobePass
                .preauthorize(input, inTime(call, asker.deadline))
                .catch(vouchesForAnother(asker))
                .then(ifRegistered('preauthorize'), ifDenied(items));
              note(countOf(some));
              return some;
            }),
          );
          for (const decision of decisions) answers.set(decision.resource, decision);
          return resources.map((resource) => item(answers.get(resource) ?? undecided(resource)));
        },
        TRIES,
      );
    },

    /** The decision before a play, with a fresh media token for one use (AZ-01, TOK-01). */
    async authorize(
      asker: AuthorizedAsker,
      mvpd: string,
      resource: string,
    ): Promise<Upstream<AuthorizeAnswer>> {
      return ask(
        asker,
        async (call, note) => {
          const common = await decides(asker, mvpd);
          const [decision] = await inTries(asker.deadline, [resource], async (resources) =>
            adobePass
              .authorize({ ...common, resources }, inTime(call, asker.deadline))
              .catch(vouchesForAnother(asker))
              .then(ifRegistered('authorize'), ifDenied(resources)),
          );
          if (decision?.authorized && decision.mediaToken) {
            note({ about: resource });
            const { source } = decision;
            const forPlay = ofDevice('media-token', asker, resource);
            const mediaToken = await seal(keys, decision.mediaToken, forPlay);
            return { status: 'permitted', resource, mvpd, source, mediaToken };
          }
          const { code, action, message, details, trace } = decision?.error ?? NO_DECISION;
          const source = decision?.source;
          note({ about: resource, code, ...(trace ? { trace } : {}) });
          return {
            status: 'denied',
            resource,
            mvpd,
            ...(source ? { source } : {}),
            code,
            action,
            message: message || WITHOUT_WORDS,
            ...(details ? { details } : {}),
            ...(trace ? { trace } : {}),
          };
        },
        TRIES,
      );
    },
  };
}

/** No denial: Adobe left it out of its answer, or could not be asked. */
function undecided(resource: string): Decision {
  return { resource, authorized: false, source: '', error: NO_DECISION };
}

/** Apps show the message of a denial to viewers: where Adobe gives none they need one all the same. */
const WITHOUT_WORDS = 'Your TV provider does not let you watch this.';

const NO_DECISION: EnhancedError = {
  code: 'no_decision',
  action: 'none',
  status: 200,
  message: 'Adobe Pass gave no decision for this resource.',
};

/** For operators: how many of a list may be played, and the trace of the first that may not. */
function countOf(decisions: readonly Decision[]): CallNote {
  const permitted = decisions.filter(({ authorized }) => authorized).length;
  const trace = decisions.find(({ error }) => error?.trace)?.error?.trace;
  return {
    about: `${permitted} of ${decisions.length} permitted`,
    ...(trace === undefined ? {} : { trace }),
  };
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
            message: error.message || WITHOUT_WORDS,
            ...(error.details ? { details: error.details } : {}),
            ...(error.trace ? { trace: error.trace } : {}),
          },
        }
      : {}),
  };
}
