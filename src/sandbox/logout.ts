import { randomUUID } from 'node:crypto';
import { bindingOf, integratedMvpd } from './access.ts';
import type { Answer, Call } from './call.ts';
import type { Mvpd } from './catalog.ts';
import { degradationOf } from './degradations.ts';
import { refusal } from './errors.ts';
import { deletePartnersProfile, deleteProfile } from './profile-store.ts';
import { checkRedirectUrl } from './session-fields.ts';
import { deleteShared } from './single-sign-on.ts';
import type { State } from './state.ts';

/** "Initiate logout for specific mvpd": the profile goes first, then the device is told what to do. */
export function logout(call: Call, state: State): Answer {
  const binding = bindingOf(call, state);
  const mvpd = integratedMvpd(call.params['mvpd'] ?? '', binding.serviceProvider);
  const [redirectUrl, ...more] = call.query.getAll('redirectUrl');
  if (redirectUrl === undefined || more.length > 0) throw refusal('invalid_parameter_redirect_url');
  checkRedirectUrl(redirectUrl);
  const shared = deleteShared(state, binding, mvpd.id);
  const ofPartner = deletePartnersProfile(state, binding, mvpd.id);
  const deleted = deleteProfile(state, binding, mvpd.id) || shared;
  const rule = degradationOf(state, binding.serviceProvider, mvpd.id);
  const isDegraded = rule?.kind === 'AuthNAll';
  const next =
    mvpd.isTempPass || isDegraded ? NOTHING_TO_DO : nextStep(state, mvpd, deleted, redirectUrl);
  const todo = ofPartner ? AT_PARTNER : next;
  return { status: 200, json: { logouts: { [mvpd.id]: { ...todo, mvpd: mvpd.id } } } };
}

const NOTHING_TO_DO = { actionName: 'complete', actionType: 'none' };
/** No address: viewers sign out in the settings of the system. */
const AT_PARTNER = { actionName: 'partner_logout', actionType: 'partner_interactive' };

function nextStep(state: State, mvpd: Mvpd, deleted: boolean, redirectUrl: string) {
  if (!deleted) return { actionName: 'invalid', actionType: 'none' };
  if (!mvpd.hasLogout) return NOTHING_TO_DO;
  const ticket = randomUUID();
  state.logouts.set(ticket, { mvpd: mvpd.id, redirectUrl });
  return {
    actionName: 'logout',
    actionType: 'interactive',
    url: `/adobe-services/logout?ticket=${ticket}`,
  };
}
