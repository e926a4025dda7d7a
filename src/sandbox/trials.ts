import { objectFromBase64 } from './base64.ts';
import type { Call } from './call.ts';
import type { Mvpd } from './catalog.ts';
import { refusal } from './errors.ts';
import { adobeProfile, digest, type ProfileView } from './adobe-profile.ts';
import type { Binding, State, Trial } from './state.ts';

/** What a call brings along for a TempPass. */
export interface TempPassAsked {
  /** Of `AP-TempPass-Identity`; empty where it is no identity. */
  identity?: string | undefined;
  /** The page of profiles by MVPD asks for nothing where a promotional TempPass is used up. */
  usedUp?: { action?: 'none' };
}

/** Codes of what ends a TempPass, or keeps it from beginning. */
type Ended =
  | 'temporary_access_duration_limit_exceeded'
  | 'temporary_access_resources_limit_exceeded'
  | 'invalid_configuration_temporary_access'
  | 'invalid_header_identity_for_temporary_access';

/** The identity of a call: Base64 of a JSON object with one text. */
export function identityOf({ headers }: Call): string | undefined {
  const value = headers['ap-temppass-identity'];
  if (value === undefined) return undefined;
  const [identity, ...more] = Object.values(objectFromBase64(value) ?? {});
  return typeof identity === 'string' && more.length === 0 ? identity : '';
}

/**
 * Why a TempPass lets nobody in, if it does not ("Temporary access"). Its clock starts with the first
 * authorization, which counts the title too.
 */
export function useTrial(
  state: State,
  binding: Binding,
  mvpd: Mvpd,
  { identity, asset }: TempPassAsked & { asset?: string | undefined },
): Ended | undefined {
  const { tempPassLifeMs, tempPassTitles, tempPassIsMisconfigured } = state.settings;
  if (tempPassIsMisconfigured) return 'invalid_configuration_temporary_access';
  if (mvpd.isPromotional && !identity) return 'invalid_header_identity_for_temporary_access';
  const keys = keysOf(binding, mvpd, identity);
  const trial = trialOf(state, keys);
  const { startedAt, usedAssets } = trial;
  if (startedAt + tempPassLifeMs <= Date.now()) return 'temporary_access_duration_limit_exceeded';
  const isNew = asset === undefined || !usedAssets.includes(asset);
  if (mvpd.isPromotional && isNew && usedAssets.length >= tempPassTitles) {
    return 'temporary_access_resources_limit_exceeded';
  }
  if (asset === undefined) return undefined;
  if (isNew) usedAssets.push(asset);
  for (const key of keys) state.trials.set(key, trial);
  return undefined;
}

/** The temporary profile. Throws what ends the trial. */
export function trialView(
  state: State,
  binding: Binding,
  mvpd: Mvpd,
  { identity, usedUp = {} }: TempPassAsked,
): ProfileView {
  const ended = useTrial(state, binding, mvpd, { identity });
  if (ended) throw refusal(ended, undefined, ended.startsWith('temporary_') ? usedUp : {});
  const { startedAt, usedAssets } = trialOf(state, keysOf(binding, mvpd, identity));
  const notAfter = startedAt + state.settings.tempPassLifeMs;
  const plain = (value: unknown) => ({ value, state: 'plain' }) as const;
  return adobeProfile(state, 'temporary', startedAt, notAfter, {
    expiration_date: plain(notAfter),
    userID: plain(`temppass_${digest('trial', binding.device, mvpd.id)}`),
    ...(mvpd.isPromotional
      ? {
          remaining_resources: plain(state.settings.tempPassTitles - usedAssets.length),
          used_assets: plain(usedAssets),
        }
      : {}),
  });
}

/** A known device or a known identity continues its trial. */
function keysOf(
  { device, serviceProvider }: Binding,
  mvpd: Mvpd,
  identity: string | undefined,
): string[] {
  const byDevice = JSON.stringify([device, serviceProvider, mvpd.id]);
  if (!mvpd.isPromotional) return [byDevice];
  return [byDevice, JSON.stringify(['identity', identity, serviceProvider, mvpd.id])];
}

function trialOf({ trials }: State, keys: readonly string[]): Trial {
  const known = keys.flatMap((key) => trials.get(key) ?? []);
  return known[0] ?? { startedAt: Date.now(), usedAssets: [] };
}
