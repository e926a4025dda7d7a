import { bindingOf, integratedMvpd, serviceProviderOf } from './access.ts';
import type { Answer, Call } from './call.ts';
import { encrypted } from './encrypted-metadata.ts';
import { mvpds } from './catalog.ts';
import { linkedView, profileView, regularView, validProfile } from './profile-store.ts';
import type { ProfileView } from './adobe-profile.ts';
import { linkedProfile, subjectOf } from './service-token.ts';
import { liveSession } from './session-store.ts';
import type { State } from './state.ts';
import { identityOf } from './trials.ts';

async function answer(profiles: Record<string, ProfileView>, state: State): Promise<Answer> {
  return { status: 200, json: { profiles: await encrypted(profiles, state) } };
}

async function one(
  ...[state, binding, mvpd, tempPass]: Parameters<typeof profileView>
): Promise<Answer> {
  const view = profileView(state, binding, mvpd, tempPass);
  return answer(view === undefined ? {} : { [mvpd]: view }, state);
}

/**
 * "Retrieve profiles": every valid regular profile and those of single sign-on, never temporary or
 * degraded ones. Of one MVPD the regular one.
 */
export async function profiles(call: Call, state: State): Promise<Answer> {
  const binding = bindingOf(call, state);
  const found = [...state.profiles.values()].filter(
    (profile) =>
      profile.clientId === binding.clientId &&
      profile.device === binding.device &&
      profile.serviceProvider === binding.serviceProvider &&
      profile.notAfter > Date.now(),
  );
  const subject = subjectOf(call, state);
  const linked = [...mvpds.keys()].flatMap(
    (mvpd) => linkedProfile(state, binding, mvpd, subject) ?? [],
  );
  return answer(
    Object.fromEntries([
      ...linked.map((profile) => [profile.mvpd, linkedView(profile)] as const),
      ...found.map((profile) => [profile.mvpd, regularView(profile)] as const),
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
  const binding = bindingOf(call, state);
  const linked = linkedProfile(state, binding, mvpd.id, subjectOf(call, state));
  if (linked && !validProfile(state, binding, mvpd.id)) {
    return answer({ [mvpd.id]: linkedView(linked) }, state);
  }
  return one(state, binding, mvpd.id, { identity: identityOf(call), usedUp });
}

/** "Retrieve profile for specific code": an empty map while the viewer has not signed in. */
export async function profileByCode(call: Call, state: State): Promise<Answer> {
  const session = liveSession(state, call);
  if (session.mvpd === undefined) return answer({}, state);
  return one(state, session, session.mvpd, { identity: identityOf(call) });
}
