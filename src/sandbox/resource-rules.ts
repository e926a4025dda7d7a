import type { Mvpd } from './catalog.ts';
import { degradationOf } from './degradations.ts';
import { enhancedError, refusal } from './errors.ts';
import type { EnhancedError } from './errors.ts';
import { partnersStored, storedProfile, validProfile } from './profile-store.ts';
import { sharedProfile } from './single-sign-on.ts';
import { useTrial } from './trials.ts';
import type { Binding, State } from './state.ts';

/** Who asks for a decision, and which kind. */
export interface Asked {
  operation: 'preauthorize' | 'authorize';
  binding: Binding;
  mvpd: Mvpd;
  /** Of `AP-TempPass-Identity`. */
  identity?: string | undefined;
  /** The MVPD of a valid partner status. */
  vouchedFor?: string | undefined;
}

/** The outcome for one resource: a permit has no error. */
export interface Rule {
  source: 'mvpd' | 'degradation' | 'temppass';
  error?: EnhancedError;
  /** The AuthZAll sample prints no decision times. */
  timeless?: true;
}

/** Decides on one resource id. Throws when nobody is signed in. */
export function ruleFor(state: State, asked: Asked, id: string): Rule {
  if (asked.mvpd.isTempPass) return trialRule(state, asked, id);
  const rule = degradationOf(state, asked.binding.serviceProvider, asked.mvpd.id);
  if (rule?.kind === 'AuthNAll') return { source: 'degradation' };
  const { subscribed, sessionEnded } = signedIn(state, asked);
  if (rule?.kind === 'AuthZAll') return { source: 'degradation', timeless: true };
  if (rule?.kind === 'AuthZNone') {
    return {
      source: 'degradation',
      error: enhancedError('authorization_denied_by_degradation_rule', rule.message),
    };
  }
  const error = sessionEnded
    ? enhancedError('authorization_denied_by_session_invalidated')
    : deny(state, asked, id, subscribed);
  return error === undefined ? { source: 'mvpd' } : { source: 'mvpd', error };
}

function signedIn(state: State, { binding, mvpd, vouchedFor }: Asked) {
  const partners = vouchedFor === mvpd.id ? partnersStored(state, binding, mvpd.id) : undefined;
  const profile =
    validProfile(state, binding, mvpd.id) ??
    sharedProfile(state, binding, mvpd.id)?.profile ??
    storedProfile(state, binding, mvpd.id) ??
    partners;
  if (profile === undefined) throw refusal('authenticated_profile_missing');
  if (profile.invalidated) throw refusal('authenticated_profile_invalidated');
  if (profile.notAfter <= Date.now()) throw refusal('authenticated_profile_expired');
  return profile;
}

/**
 * A TempPass permits everything while it lasts, and its deny is item-level. The page of preauthorize
 * lists no header for an identity: its list is permitted whole.
 */
function trialRule(state: State, asked: Asked, id: string): Rule {
  const { operation, binding, mvpd, identity } = asked;
  if (operation === 'preauthorize' && mvpd.isPromotional) return { source: 'temppass' };
  const asset = operation === 'authorize' ? id : undefined;
  const ended = useTrial(state, binding, mvpd, { identity, asset });
  return { source: 'temppass', ...(ended ? { error: enhancedError(ended) } : {}) };
}

function deny(
  state: State,
  asked: Asked,
  id: string,
  subscribed: boolean,
): EnhancedError | undefined {
  if (!subscribed || id.startsWith('premium-')) {
    const deniedBy = asked.operation === 'authorize' ? 'authorization' : 'preauthorization';
    return enhancedError(
      `${deniedBy}_denied_by_mvpd`,
      `Your ${asked.mvpd.displayName} subscription does not include this channel.`,
    );
  }
  if (id.startsWith('parental-')) {
    return enhancedError(
      'authorization_denied_by_parental_controls',
      'Locked by parental controls.',
    );
  }
  return id.startsWith('flaky-') && firstAttempt(state, asked, id)
    ? enhancedError('network_received_error')
    : undefined;
}

function firstAttempt(state: State, { operation, binding, mvpd }: Asked, id: string): boolean {
  const key = JSON.stringify([operation, binding, mvpd.id, id]);
  const first = !state.flaky.has(key);
  state.flaky.add(key);
  return first;
}
