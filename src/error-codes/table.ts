import type { ErrorCode, Place } from './error-code.ts';

type Shared = Pick<ErrorCode, 'status' | 'action' | 'acts' | 'places' | 'ends' | 'setting'>;

/** Codes that differ by their name only, with what each means. */
function alike(shared: Shared, meanings: Readonly<Record<string, string>>): ErrorCode[] {
  return Object.entries(meanings).map(([code, meaning]) => ({ code, meaning, ...shared }));
}

const WITH_DEVICE: readonly Place[] = [
  'profiles',
  'createSession',
  'preauthorize',
  'authorize',
  'logout',
];
const OF_MVPD: readonly Place[] = [...WITH_DEVICE, 'resumeSession'];
const EVERYWHERE: readonly Place[] = [...OF_MVPD, 'retrieveSession', 'profileByCode'];
const OF_CODE: readonly Place[] = ['resumeSession', 'retrieveSession', 'profileByCode'];
const OF_TRIAL: readonly Place[] = ['trial', 'profileByCode', 'authorize item'];
/** Partner single sign-on has calls of its own; decisions carry the partner's status as well. */
const OF_PARTNER: readonly Place[] = ['preauthorize', 'authorize'];
const ITEMS: readonly Place[] = ['preauthorize item', 'authorize item'];
const DECISIONS: readonly Place[] = ['preauthorize', 'authorize', ...ITEMS];
const AUTHORIZE: readonly Place[] = ['authorize', 'authorize item'];

const BAD = { status: 400, action: 'none' } as const;
const DENIED = { status: 403, action: 'none', acts: 'viewer' } as const;
const UNSET = { status: 500, action: 'configuration', acts: 'operator' } as const;
const LOST = { action: 'application-registration', acts: 'nobody' } as const;
const SIGN_IN = { status: 403, action: 'authentication', acts: 'viewer' } as const;
const AGAIN = { status: 403, action: 'retry', acts: 'nobody' } as const;

/**
 * The 47 codes of REST API V2. The pages name places for some of them ("Enhanced error codes", the
 * lists of common codes, samples); those of the others follow from their names. The set is open: a code
 * that is not here is treated by its action as these are, and `ends` and `setting` say the little that
 * no action says.
 */
export const v2Codes: readonly ErrorCode[] = [
  ...alike(
    { ...BAD, acts: 'operator', places: EVERYWHERE, setting: 'serviceProvider' },
    { invalid_parameter_service_provider: 'no such service provider' },
  ),
  ...alike(
    { ...BAD, acts: 'viewer', places: OF_MVPD },
    {
      invalid_parameter_mvpd: 'no such MVPD: another can be chosen',
      invalid_integration: 'the app and this MVPD do not work together: another can be chosen',
    },
  ),
  ...alike(
    { ...BAD, acts: 'viewer', places: OF_CODE, ends: 'code' },
    {
      invalid_parameter_code: 'what was typed is no code',
      invalid_authentication_session: 'nobody waits with this code any more',
    },
  ),
  ...alike(
    { ...BAD, acts: 'app', places: ['preauthorize', 'authorize'] },
    { invalid_parameter_resources: 'the list of resources is no good' },
  ),
  ...alike(
    { ...BAD, acts: 'nobody', places: ['createSession', 'resumeSession', 'logout'] },
    { invalid_parameter_redirect_url: 'the page to return to is no good: that of the app will do' },
  ),
  ...alike(
    { ...BAD, acts: 'app', places: WITH_DEVICE },
    { invalid_header_device_info: 'what the app tells of the device is no good' },
  ),
  ...alike(
    { ...BAD, acts: 'operator', places: WITH_DEVICE },
    { invalid_header_device_identifier: 'the identifier of the device is no good' },
  ),
  ...alike(
    { ...BAD, acts: 'app', places: OF_TRIAL },
    { invalid_header_identity_for_temporary_access: 'the trial needs to know whose it is' },
  ),
  ...alike(
    { ...BAD, acts: 'app', places: OF_PARTNER },
    {
      invalid_parameter_partner: 'no such partner',
      invalid_header_pfs_permission_access_not_present: "the partner's status has no permission",
      invalid_header_pfs_provider_id_mismatch: "the partner's provider is not the MVPD asked for",
    },
  ),
  ...alike(
    { ...BAD, acts: 'viewer', places: OF_PARTNER },
    {
      invalid_parameter_saml_response: "the partner's answer to a login is no good",
      invalid_header_pfs_permission_access_not_determined: 'the viewer has not decided yet',
      invalid_header_pfs_permission_access_not_granted: 'the viewer does not let the app know',
      invalid_header_pfs_provider_id_not_determined: "the partner's provider is no MVPD",
      invalid_header_pfs_provider_info_expired: 'the login at the partner is over',
    },
  ),
  ...alike(
    { ...DENIED, places: ['preauthorize', 'preauthorize item'] },
    { preauthorization_denied_by_mvpd: 'not in the subscription, as far as the MVPD says' },
  ),
  ...alike(
    { ...DENIED, places: AUTHORIZE },
    {
      authorization_denied_by_mvpd: 'not in the subscription',
      authorization_denied_by_parental_controls: 'parental controls',
    },
  ),
  ...alike(
    { ...DENIED, acts: 'nobody', places: ITEMS },
    { authorization_denied_by_degradation_rule: 'the programmer lets nobody watch it for now' },
  ),
  ...alike(
    { status: 500, action: 'none', acts: 'operator', places: EVERYWHERE },
    { internal_server_error: 'Adobe failed, and again would not help: a ticket with the trace' },
  ),
  ...alike(
    {
      status: 403,
      action: 'configuration',
      acts: 'operator',
      places: ['preauthorize', 'preauthorize item', 'authorize'],
    },
    { too_many_resources: 'more at once than the integration allows: lists are made smaller' },
  ),
  ...alike(
    { ...UNSET, places: ['profiles', 'profileByCode'] },
    { invalid_configuration_user_metadata_certificate: 'no good certificate for user metadata' },
  ),
  ...alike(
    { ...UNSET, places: OF_TRIAL },
    { invalid_configuration_temporary_access: 'the trial is not set up' },
  ),
  ...alike(
    { ...UNSET, places: WITH_DEVICE },
    {
      invalid_configuration_platform: 'the platform is not set up',
      invalid_configuration_platform_id: 'the id of the platform is not set up',
      invalid_configuration_platform_trait: 'a trait of the platform is not set up',
      invalid_configuration_platform_category_trait: 'a trait of its category is not set up',
      invalid_configuration_platform_services: 'the services of the platform are not set up',
      invalid_configuration_mvpd_platform: 'the MVPD is not set up for the platform',
      invalid_configuration_mvpd_platform_boarding_status: "the MVPD's boarding is not set up",
      invalid_configuration_mvpd_platform_profile_exchange: 'exchange of profiles is not set up',
    },
  ),
  ...alike(
    { ...LOST, status: 401, places: EVERYWHERE },
    {
      invalid_access_token_service_provider: 'the registration is not for this service provider',
      invalid_access_token_client_application: 'the registration is not valid any more',
    },
  ),
  ...alike(
    { ...SIGN_IN, places: [...DECISIONS, 'logout'], ends: 'profile' },
    {
      authenticated_profile_missing: 'nobody is signed in',
      authenticated_profile_expired: 'the sign-in is over',
      authenticated_profile_invalidated: 'the sign-in was ended elsewhere',
    },
  ),
  ...alike(
    { ...SIGN_IN, places: OF_TRIAL, ends: 'trial' },
    { temporary_access_duration_limit_exceeded: 'the time of the trial is used up' },
  ),
  ...alike(
    { ...SIGN_IN, places: OF_TRIAL, ends: 'titles' },
    { temporary_access_resources_limit_exceeded: 'the titles of the trial are used up' },
  ),
  ...alike(
    { ...SIGN_IN, places: ITEMS, ends: 'session' },
    { authorization_denied_by_session_invalidated: 'the MVPD has ended its session' },
  ),
  ...alike(
    { ...SIGN_IN, places: ITEMS },
    {
      authorization_denied_by_hba_policies: 'signed in by the network of the home, away from it',
      identity_not_recognized_by_mvpd: 'the MVPD does not know the viewer any more',
    },
  ),
  ...alike(
    { ...AGAIN, places: DECISIONS },
    {
      network_received_error: "the MVPD's answer could not be read",
      network_connection_timeout: 'the MVPD did not answer in time',
      maximum_execution_time_exceeded: 'the request took too long',
    },
  ),
];

const REGISTER = { ...BAD, acts: 'operator', places: ['register'] } as const;
const TOKEN = { ...BAD, acts: 'operator', places: ['token'] } as const;

/**
 * The 8 of Dynamic Client Registration ("Retrieve client credentials", "Retrieve access token"), which
 * have no action: what can't be mended by registering again is the operators'.
 */
export const dcrCodes: readonly ErrorCode[] = [
  ...alike(REGISTER, {
    invalid_request: 'the registration is no good',
    invalid_redirect_uri: 'the redirect address of the registration is no good',
  }),
  ...alike(
    { ...REGISTER, setting: 'softwareStatement' },
    {
      invalid_software_statement: 'the software statement is no good',
      unapproved_software_statement: 'this environment does not know the software statement',
    },
  ),
  ...alike(TOKEN, {
    invalid_request: 'the request for a token is no good',
    unauthorized_client: 'the registration may not ask for tokens',
    unsupported_grant_type: 'Adobe gives no tokens this way',
  }),
  ...alike(
    { ...LOST, status: 400, places: ['token'] },
    { invalid_client: 'the registration is not valid any more' },
  ),
];

/** Named by the release notes and pages of Adobe, but not by its list of codes. */
const UNLISTED: Partial<Record<NonNullable<ErrorCode['ends']>, readonly string[]>> = {
  code: ['authentication_session_invalidated'],
};

/** The codes by which something is over. */
export function codesThatEnd(what: NonNullable<ErrorCode['ends']>): readonly string[] {
  const listed = v2Codes.filter(({ ends }) => ends === what).map(({ code }) => code);
  return [...listed, ...(UNLISTED[what] ?? [])];
}

/** A TempPass that nothing can be played with any more. */
export const TRIAL_IS_USED_UP = [...codesThatEnd('trial'), ...codesThatEnd('titles')];

/** Which setting of the app is at fault, though Adobe gives the code another action, or none. */
export function settingOf(code: string): ErrorCode['setting'] {
  return [...v2Codes, ...dcrCodes].find((known) => known.code === code)?.setting;
}
