import type { Partner, Standing } from './messages.ts';
import { isTrial, partnerOf } from '../profile-marks.ts';
import type { DeviceState, Phase } from './state.ts';
import { asked } from './visits.ts';

type SignedInPhase = Extract<Phase, { name: 'signed-in' }>;

/** A trial in which nothing was played may be had again. */
export function reasonOfEnd({ trial }: SignedInPhase): 'trial-ended' | 'profile-expired' {
  return trial?.hasBegun ? 'trial-ended' : 'profile-expired';
}

function trialOf({ profile, trial }: SignedInPhase): { trial?: { hasBegun: boolean } } {
  return isTrial(profile) ? { trial: { hasBegun: trial?.hasBegun ?? false } } : {};
}

function renewer({ profile }: SignedInPhase): { partner?: Partner } {
  const partner = partnerOf(profile);
  return partner ? { partner } : {};
}

/** Where the device stands at `now` (ms): data first, for a timer may be late (design: expiry). */
export function standing(state: DeviceState, now: number): Standing {
  const { generation, phase, rememberedMvpd } = state;
  const mvpd = rememberedMvpd ? { mvpd: rememberedMvpd } : {};
  const grant = state.grant === undefined ? {} : { grant: state.grant };
  switch (phase.name) {
    case 'signed-out':
      return {
        status: 'signed-out',
        generation,
        reason: phase.reason,
        ...mvpd,
        ...grant,
        ...(phase.partner ? { partner: phase.partner } : {}),
      };
    case 'signed-in':
      return phase.profile.notAfter > now
        ? { status: 'signed-in', generation, profile: phase.profile, ...grant, ...trialOf(phase) }
        : {
            status: 'signed-out',
            generation,
            reason: reasonOfEnd(phase),
            ...mvpd,
            ...grant,
            ...renewer(phase),
          };
    case 'awaiting-login':
      return {
        status: 'pending',
        generation,
        code: phase.code,
        expiresAt: phase.notAfter,
        missingParameters: phase.missingParameters,
        proof: phase.proof,
        ...(phase.url ? { url: phase.url } : {}),
        ...(phase.mvpd ? { mvpd: phase.mvpd } : {}),
        ...(phase.screen === 'same' ? { screen: phase.screen } : {}),
        ...(phase.fallback === undefined ? {} : { fallback: phase.fallback }),
        ...grant,
        ...asked(phase),
      };
  }
}
