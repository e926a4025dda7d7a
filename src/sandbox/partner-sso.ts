import { randomUUID } from 'node:crypto';
import { bindingOf, integratedMvpd } from './access.ts';
import { rememberAttributes } from './adobe-profile.ts';
import type { Answer, Call } from './call.ts';
import { mvpds } from './catalog.ts';
import { degradationOf } from './degradations.ts';
import { encrypted } from './encrypted-metadata.ts';
import { refusal } from './errors.ts';
import { deviceOf } from './header-check.ts';
import { answerIn, frameworkQuestion } from './partner-framework.ts';
import { isApple, partnerStatusOf } from './partner-status.ts';
import { attributesOf, keyOf, partnerView, profileView } from './profile-store.ts';
import { formFields } from './request-body.ts';
import { sessionFields } from './session-fields.ts';
import { directAnswer, newSession, sessionAnswer } from './sessions.ts';
import type { Binding, State } from './state.ts';

/** What the framework is to tell, as in the sample. */
const attributesNames = ['uid', 'NameID', 'uniqueId'];

/**
 * "Retrieve partner authentication request": what the framework is asked, where the viewer stands
 * already, or a code in place of it. A provider comes with the status only.
 */
export function partnerRequest(call: Call, state: State): Answer {
  const partner = partnerOf(call);
  const binding = bindingOf(call, state);
  const fields = sessionFields(call.text, binding.serviceProvider);
  if (fields.mvpd !== undefined) throw refusal('invalid_request_body', 'field mvpd is not known');
  const status = partnerStatusOf(call);
  const { mvpd } = status;
  const isValid = !('code' in status);
  if (isValid && mvpd !== undefined) integratedMvpd(mvpd, binding.serviceProvider);
  const sessionId = randomUUID();
  const direct = isValid ? directAnswer(state, binding, mvpd, sessionId, true) : undefined;
  if (direct !== undefined) return direct;
  const reasonType = fallbackOf(call, state, fields, status);
  if (reasonType === undefined && mvpd !== undefined) {
    return question(state, binding, { partner, mvpd, sessionId });
  }
  const isMissing = reasonType === 'missing_parameters_fallback';
  // Where something is missing the provider is: without the status nobody has named it.
  const provider = mvpd === undefined || isMissing ? {} : { mvpd };
  const session = newSession(call, state, { ...binding, ...fields, ...provider, sessionId });
  const { json } = sessionAnswer(session, 'resume');
  // The table has a page to sign in for these two, whatever is known of the provider.
  const next = isMissing ? {} : loginPage(session);
  return { status: 200, json: { ...Object(json), ...next, reasonType } };
}

function loginPage({ serviceProvider, code }: { serviceProvider: string; code: string }) {
  return {
    actionName: 'authenticate',
    actionType: 'interactive',
    url: `/api/v2/authenticate/${serviceProvider}/${code}`,
    missingParameters: undefined,
  };
}

/** Why there has to be a code. */
function fallbackOf(
  call: Call,
  { partnerSso }: State,
  fields: { domainName?: string; redirectUrl?: string },
  status: ReturnType<typeof partnerStatusOf>,
): string | undefined {
  if (partnerSso.fallback) return partnerSso.fallback;
  if (fields.domainName === undefined || fields.redirectUrl === undefined) {
    return 'missing_parameters_fallback';
  }
  if ('code' in status) return 'pfs_fallback';
  const isSupported = mvpds.get(status.mvpd)?.apple?.boardingStatus === 'SUPPORTED';
  return isSupported && isApple(deviceOf(call).info) ? undefined : 'configuration_fallback';
}

function question(
  state: State,
  binding: Binding,
  { partner, mvpd, sessionId }: { partner: string; mvpd: string; sessionId: string },
): Answer {
  const { serviceProvider } = binding;
  const id = `_${randomUUID()}`;
  const request = frameworkQuestion(id);
  state.partnerQuestions.set(id, { ...binding, mvpd });
  state.secrets.add(request);
  return {
    status: 200,
    json: {
      actionName: 'partner_profile',
      actionType: 'direct',
      reasonType: 'none',
      url: `/api/v2/${serviceProvider}/profiles/sso/${partner}`,
      sessionId,
      mvpd,
      serviceProvider,
      authenticationRequest: { type: 'saml', request, attributesNames },
    },
  };
}

/**
 * "Create and retrieve profile using partner authentication response": one profile for one question of
 * this device's. A degraded MVPD answers with its own.
 */
export async function partnerProfile(call: Call, state: State): Promise<Answer> {
  partnerOf(call);
  const binding = bindingOf(call, state);
  const { SAMLResponse: given = '' } = formFields(call.text, ['SAMLResponse']);
  if (given !== '') state.secrets.add(given);
  const status = partnerStatusOf(call);
  if ('code' in status) throw refusal(status.code);
  const { mvpd } = status;
  if (degradationOf(state, binding.serviceProvider, mvpd)?.kind === 'AuthNAll') {
    return { status: 200, json: { profiles: { [mvpd]: profileView(state, binding, mvpd) } } };
  }
  const answer = answerIn(given);
  const asked = answer && state.partnerQuestions.get(answer.inResponseTo);
  if (!answer || !asked || keyOf(asked, asked.mvpd) !== keyOf(binding, asked.mvpd)) {
    throw refusal('invalid_parameter_saml_response');
  }
  if (asked.mvpd !== mvpd) throw refusal('invalid_header_pfs_provider_id_mismatch');
  state.partnerQuestions.delete(answer.inResponseTo);
  const notBefore = Date.now();
  const { profileLifeMs = state.settings.profileLifeMs } = state.partnerSso;
  const attributes = attributesOf(mvpd, answer.username);
  rememberAttributes(state, attributes);
  const profile = {
    ...binding,
    mvpd,
    notBefore,
    notAfter: notBefore + profileLifeMs,
    attributes,
    subscribed: answer.username !== 'nosub',
  };
  state.partnerProfiles.set(keyOf(binding, mvpd), profile);
  const profiles = await encrypted({ [mvpd]: partnerView(profile) }, state);
  return { status: 201, json: { profiles } };
}

function partnerOf(call: Call): string {
  const { partner = '' } = call.params;
  if (partner !== 'Apple') throw refusal('invalid_parameter_partner', `got '${partner}'`);
  return partner;
}
