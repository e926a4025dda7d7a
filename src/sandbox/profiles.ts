import { bindingOf, integratedMvpd, serviceProviderOf } from './access.ts';
import type { Answer, Call } from './call.ts';
import { encrypted } from './encrypted-metadata.ts';
import { vouchedFor, vouchedForOne } from './partner-status.ts';
import {
  isValid,
  partnersProfile,
  partnerView,
  profileView,
  regularView,
} from './profile-store.ts';
import type { ProfileView } from './adobe-profile.ts';
import { liveSession } from './session-store.ts';
import { onItsOwn, sharedProfiles, sharedView } from './single-sign-on.ts';
import type { State } from './state.ts';
import { identityOf } from './trials.ts';

async function answer(profiles: Record<string, ProfileView>, state: State): Promise<Answer> {
  return { status: 200, json: { profiles: await encrypted(profiles, state) } };
}

async function one(
  ...[state, binding, mvpd, ...more]: Parameters<typeof profileView>
): Promise<Answer> {
  const view = profileView(state, binding, mvpd, ...more);
  return answer(view === undefined ? {} : { [mvpd]: view }, state);
}

/**
 * "Retrieve profiles": every valid regular or shared profile, never temporary or degraded ones; and that
 * of a partner whose framework vouches for the viewer.
 */
export async function profiles(call: Call, state: State): Promise<Answer> {
  const binding = bindingOf(call, state);
  const found = [...state.profiles.values()].filter(
    (profile) =>
      profile.clientId === binding.clientId &&
      profile.device === binding.device &&
      profile.serviceProvider === binding.serviceProvider &&
      isValid(profile),
  );
  const shared = sharedProfiles(state, binding);
  const partners = vouchedFor(call);
  const ofPartner = partners === undefined ? undefined : partnersProfile(state, binding, partners);
  return answer(
    // Of one MVPD the last counts: a regular one goes before all others.
    Object.fromEntries([
      ...(ofPartner ? [[ofPartner.mvpd, partnerView(ofPartner)] as const] : []),
      ...shared.map((one) => [one.profile.mvpd, sharedView(one)]),
      ...found.map((profile) => [profile.mvpd, regularView(profile)]),
    ]),
    state,
  );
}

/**
 * "Retrieve profile for specific mvpd". Its samples of a used-up promotional TempPass ask for nothing,
 * where those of the other calls ask to sign in.
 */
export async function profileByMvpd(call: Call, state: State): Promise<Answer> {
  const mvpd = integratedMvpd(call.params['mvpd'] ?? '', serviceProviderOf(call).id);
  const usedUp = mvpd.isPromotional ? ({ action: 'none' } as const) : {};
  const partners = vouchedForOne(call, mvpd.id);
  const binding = bindingOf(call, state);
  return one(state, binding, mvpd.id, { identity: identityOf(call), usedUp }, partners);
}

/** "Retrieve profile for specific code": an empty map while the viewer has not signed in. */
export async function profileByCode(call: Call, state: State): Promise<Answer> {
  const session = liveSession(state, call);
  if (session.mvpd === undefined) return answer({}, state);
  // The page lists no profile of single sign-on.
  const binding = onItsOwn(session);
  return one(state, binding, session.mvpd, { identity: identityOf(call) });
}
