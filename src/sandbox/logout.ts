import { randomUUID } from 'node:crypto';
import { bindingOf, integratedMvpd } from './access.ts';
import type { Answer, Call } from './call.ts';
import type { Mvpd } from './catalog.ts';
import { refusal } from './errors.ts';
import { deletePartnersProfile, deleteProfile } from './profile-store.ts';
import { checkRedirectUrl } from './session-fields.ts';
import type { State } from './state.ts';

/** "Initiate logout for specific mvpd": the profile goes first, then the device is told what to do. */
export function logout(call: Call, state: State): Answer {
  const binding = bindingOf(call, state);
  const mvpd = integratedMvpd(call.params['mvpd'] ?? '', binding.serviceProvider);
  const [redirectUrl, ...more] = call.query.getAll('redirectUrl');
  if (redirectUrl === undefined || more.length > 0) throw refusal('invalid_parameter_redirect_url');
  checkRedirectUrl(redirectUrl);
  const ofPartner = deletePartnersProfile(state, binding, mvpd.id);
  const deleted = deleteProfile(state, binding, mvpd.id);
  const next = ofPartner ? atPartner : nextStep(state, mvpd, deleted, redirectUrl);
  return { status: 200, json: { logouts: { [mvpd.id]: { ...next, mvpd: mvpd.id } } } };
}

/** No address: viewers sign out in the settings of the system. */
const atPartner = { actionName: 'partner_logout', actionType: 'partner_interactive' };

function nextStep(state: State, mvpd: Mvpd, deleted: boolean, redirectUrl: string) {
  const degraded = state.degradations.get(mvpd.id) === 'AuthNAll';
  if (mvpd.isTempPass || degraded) return { actionName: 'complete', actionType: 'none' };
  if (!deleted) return { actionName: 'invalid', actionType: 'none' };
  if (!mvpd.hasLogout) return { actionName: 'complete', actionType: 'none' };
  const ticket = randomUUID();
  state.logouts.set(ticket, { mvpd: mvpd.id, redirectUrl });
  return {
    actionName: 'logout',
    actionType: 'interactive',
    url: `/adobe-services/logout?ticket=${ticket}`,
  };
}
