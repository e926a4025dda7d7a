import type { ErrorCode, Place } from './error-code.ts';

/** What devicepass does about an error of Adobe's. */
export interface Outcome {
  /**
   * What becomes of the request: it `throws` a `DevicePassError` with the code; is `denied`, or one
   * `item` of it is; has its `problem` in the answer; finds the code of a second screen `unknown`;
   * `goes on` in spite of it, or there is `nobody` who has asked.
   */
  answer: 'throws' | 'denied' | 'item' | 'problem' | 'unknown' | 'goes on' | 'nobody';
  /** How often Adobe is asked, this time included: so long as it says so, or until it goes on. */
  requests: number;
  /** What the caller reads: Adobe's action, or ours where that is the operators', or done already. */
  action: string;
  /** Where the device stands afterwards: as before, or with a code, or signed out for this reason. */
  leadsTo: 'as before' | 'code' | 'new code' | SignedOut;
  /** HTTP status of the gateway's API. */
  gateway: number;
}

type SignedOut = 'sign-in-required' | 'trial-ended' | 'registration-lost' | 'logout';

/** What an outcome depends on: of a code that nobody knows there is its status and action alone. */
export type Told = { action: string; status: number } & Partial<
  Pick<ErrorCode, 'code' | 'ends' | 'setting'>
>;

/** So often the same is asked where Adobe says `retry` (EEC-04). */
const TRIES = 3;

/** What comes of an error at a place. By its action; the table says where that is not all. */
export function outcomeAt(place: Place, told: Told): Outcome {
  const { action, code } = told;
  const isLost = action === 'application-registration';
  const again = action === 'retry' ? TRIES : 1;
  const goesOn = (requests: number, leadsTo: Outcome['leadsTo'] = 'as before'): Outcome => ({
    answer: 'goes on',
    requests,
    action: 'none',
    leadsTo,
    gateway: 200,
  });
  const throws = thrown(told, again);
  switch (place) {
    case 'register':
      return { ...throws, action: 'configuration', gateway: 502 };
    case 'token':
      // Registers anew, which is a request more.
      return isLost ? goesOn(2, 'code') : { ...throws, action: 'configuration', gateway: 502 };
    case 'profiles':
      // A look saves a login and no more: what fails here keeps nobody from a code.
      return goesOn(isLost ? 2 : again, 'code');
    case 'trial':
      // To sign in is what the caller is about already.
      return action === 'authentication' ? thrown({ ...told, action: 'none' }, again) : throws;
    case 'createSession':
      return isLost || isRedirect(code) ? goesOn(2, 'code') : throws;
    case 'resumeSession':
      if (isRedirect(code)) return goesOn(2);
      if (isLost) return { ...UNKNOWN_CODE, leadsTo: 'registration-lost' };
      return told.ends === 'code' ? UNKNOWN_CODE : throws;
    case 'retrieveSession':
      if (isLost) return goesOn(2);
      return told.ends === 'code' ? UNKNOWN_CODE : throws;
    case 'profileByCode':
      // Polls go on whatever they are told, but for what has ended the code.
      return {
        ...goesOn(1, told.ends === 'code' || isLost ? 'new code' : 'as before'),
        answer: 'nobody',
      };
    case 'preauthorize':
      if (isSplit(code)) return goesOn(3);
      if (isLost) return signedOut(throws, 'registration-lost');
      if (action === 'authentication') return signedOut(throws, 'sign-in-required');
      return isDenial(told) ? { ...goesOn(1), answer: 'item', action } : throws;
    case 'preauthorize item':
      if (isSplit(code)) return goesOn(3);
      // True of all that is asked with the registration.
      if (isLost) return signedOut(throws, 'registration-lost');
      return {
        ...goesOn(again, isSignInOver(told) ? 'sign-in-required' : 'as before'),
        answer: 'item',
        action,
      };
    case 'authorize':
      if (isLost) return { ...signedOut(DENIED, 'registration-lost'), gateway: 200 };
      if (action === 'authentication')
        return { ...signedOut(DENIED, 'sign-in-required'), gateway: 200 };
      return isDenial(told) ? { ...DENIED, action } : throws;
    case 'authorize item':
      if (isLost) return { ...signedOut(DENIED, 'registration-lost'), gateway: 200 };
      return { ...DENIED, requests: again, action, leadsTo: afterDenial(told) };
    case 'logout':
      // Nobody can be kept from leaving.
      return {
        ...goesOn(again, isLost ? 'registration-lost' : 'logout'),
        answer: 'problem',
        action: actionOf(told),
      };
  }
}

const DENIED: Outcome = {
  answer: 'denied',
  requests: 1,
  action: 'none',
  leadsTo: 'as before',
  gateway: 200,
};

/** The code that was typed leads nowhere any more: a new one does. */
const UNKNOWN_CODE: Outcome = {
  answer: 'unknown',
  requests: 1,
  action: 'none',
  leadsTo: 'as before',
  gateway: 404,
};

function thrown(told: Told, requests: number): Outcome {
  const gateway = gatewayStatus(told);
  return { answer: 'throws', requests, action: actionOf(told), leadsTo: 'as before', gateway };
}

/** With the sign-in, or the registration, the caller has lost what it asks with. */
function signedOut(outcome: Outcome, reason: SignedOut): Outcome {
  return { ...outcome, action: 'authentication', leadsTo: reason, gateway: 401 };
}

/** What only the file of apps can mend is the operators', whatever Adobe says. */
function actionOf({ action, setting }: Told): string {
  return setting === undefined ? action : 'configuration';
}

function gatewayStatus(told: Told): number {
  const action = actionOf(told);
  if (action === 'retry') return 503;
  if (action === 'authentication') return 401;
  const isApps = action !== 'configuration' && action !== 'application-registration';
  return isApps && [400, 403, 404].includes(told.status) ? told.status : 502;
}

/** At the top of an answer a denial is for all that was asked. */
function isDenial({ action, status }: Told): boolean {
  return status === 403 && action !== 'configuration' && action !== 'retry';
}

/** Of one item though it be said: nothing else can be had by this sign-in either. */
function isSignInOver({ ends }: Told): boolean {
  return ends === 'profile' || ends === 'session';
}

function afterDenial({ action, ends }: Told): Outcome['leadsTo'] {
  if (ends === 'trial') return 'trial-ended';
  if (action !== 'authentication') return 'as before';
  return ends === 'titles' ? 'trial-ended' : 'sign-in-required';
}

function isRedirect(code: string | undefined): boolean {
  return code === 'invalid_parameter_redirect_url';
}

function isSplit(code: string | undefined): boolean {
  return code === 'too_many_resources';
}
