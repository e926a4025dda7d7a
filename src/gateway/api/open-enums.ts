import { z } from 'zod';
import type { Standing } from '../../client.ts';

// Sets that grow: apps know what is in them today, and take anything else as well.

function openEnum(id: string, lead: string, meanings: Record<string, string>) {
  const lines = Object.entries(meanings).map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  const description = [lead, '', ...lines].join('\n');
  return z.string().meta({ id, description, examples: Object.keys(meanings) });
}

/** What to do about a problem or a denial, in Adobe's words. */
export const actionSchema = openEnum(
  'Action',
  'What the TV does about it. An open set: take what you do not know as `none`.',
  {
    none: 'the same request would fail again: mend it, or show the message',
    retry: 'ask again, after Retry-After where it is there',
    authentication: 'refresh the access token; if that is refused, ask for a new code',
    authorization: 'ask /v1/authorize for the resource',
    configuration: 'the operators have to mend something: show the message',
    'application-registration': 'the gateway registers itself again: ask for a new code',
  },
);

const REASONS: Record<Extract<Standing, { status: 'signed-out' }>['reason'], string> = {
  new: 'nobody has signed in on this TV yet',
  logout: 'the viewer signed out',
  household: 'somebody of the household signed this TV out, on another screen',
  abandoned: 'the login was given up',
  declined: 'a viewer said that the login, or the sign-in, is none of theirs',
  'code-shared': 'too many phones elsewhere opened the code',
  'code-expired': 'the code ran out, and nobody was there to see a new one',
  'no-new-session': 'the code ran out, and Adobe gave no new one',
  'profile-expired': 'the sign-in has ended',
  forgotten: 'all that was kept of the device was deleted: begin as a new one',
  'trial-ended': 'the free trial is used up: stop its stream, and offer a sign-in with a provider',
  'account-changed': 'the TV belongs to another account now: sign in again',
  'sign-in-required': 'the provider wants the viewer to sign in again',
  'registration-lost': 'Adobe has forgotten the app: sign in again',
};

/** What a viewer may watch, as a hint for the screen. */
export const accessSchema = openEnum(
  'Access',
  'A hint for the screen. An open set; whatever is missing or not known is `unknown`.',
  {
    open: 'anybody may watch it',
    likely: 'may probably be watched',
    locked: 'the provider has said no',
    unknown: 'nobody has asked: show it as playable, and let play decide',
  },
);

/** What is left to do on the TV after a logout. */
export const todoSchema = openEnum(
  'Todo',
  'What the app does. An open set: take what you do not know as `nothing`.',
  {
    'open-url': 'opens `url` in a browser',
    'system-settings': 'points to the settings of the system',
    nothing: 'nothing',
  },
);

/** Why nobody is signed in. */
export const reasonSchema = openEnum(
  'SignedOutReason',
  'Why nobody is signed in. An open set; for each of them: ask for a code when the viewer wants one.',
  REASONS,
);

/** How far a provider is on board of the platform's own sign-in. */
export const boardingStatusSchema = openEnum(
  'BoardingStatus',
  'How far a provider is on board of the platform’s sign-in. An open set; absent: not at all.',
  {
    SUPPORTED: 'the platform signs its viewers in',
    PICKER: 'it is in the platform’s picker, and its viewers sign in with a code',
  },
);

/** Why there is a code in place of a partner's sign-in. */
export const fallbackSchema = openEnum(
  'Fallback',
  'Why there is a code in place of the framework’s sign-in. An open set: Adobe’s reason, or the code of what it refused.',
  {
    pfs_fallback: 'the framework’s status is missing, or says that nobody is signed in there',
    configuration_fallback: 'the provider is not on board of the platform',
    missing_parameters_fallback: 'something is missing, mostly the provider',
    invalid_parameter_saml_response: 'the framework’s answer was refused',
  },
);

/** Whose framework may renew a sign-in. */
export const partnerSchema = openEnum(
  'Partner',
  'By whose framework the viewer was signed in: it may sign in anew without a word to the viewer, so ask it before you show a code. An open set.',
  { Apple: 'POST /v1/partner/apple/sign-in, with a fresh status' },
);
