/** What the person or program who gets an enhanced error should do ("Enhanced error codes"). */
export type Action =
  | 'none'
  | 'configuration'
  | 'application-registration'
  | 'authentication'
  | 'authorization'
  | 'retry';

type Code = readonly [status: number, action: Action, message: string];

/** The codes of "Enhanced error codes" for REST API V2; the messages are ours. */
export const errorCodes = new Map<string, Code>([
  ['invalid_parameter_service_provider', [400, 'none', 'No such service provider.']],
  ['invalid_parameter_mvpd', [400, 'none', 'No such MVPD.']],
  ['invalid_parameter_code', [400, 'none', 'The authentication code is malformed.']],
  ['invalid_parameter_resources', [400, 'none', 'The list of resources is missing or invalid.']],
  ['invalid_parameter_redirect_url', [400, 'none', 'The redirectUrl is missing or invalid.']],
  ['invalid_parameter_partner', [400, 'none', 'No such partner.']],
  ['invalid_parameter_saml_response', [400, 'none', 'The SAMLResponse is missing or invalid.']],
  ['invalid_header_device_info', [400, 'none', 'X-Device-Info is missing or invalid.']],
  ['invalid_header_device_identifier', [400, 'none', 'AP-Device-Identifier is missing or bad.']],
  ['invalid_header_identity_for_temporary_access', [400, 'none', 'AP-TempPass-Identity is bad.']],
  ['invalid_header_pfs_permission_access_not_present', [400, 'none', 'No accessStatus given.']],
  ['invalid_header_pfs_permission_access_not_determined', [400, 'none', 'Access not decided.']],
  ['invalid_header_pfs_permission_access_not_granted', [400, 'none', 'Access is not granted.']],
  ['invalid_header_pfs_provider_id_not_determined', [400, 'none', 'Provider id maps to no MVPD.']],
  ['invalid_header_pfs_provider_id_mismatch', [400, 'none', 'Provider id is another MVPD.']],
  ['invalid_header_pfs_provider_info_expired', [400, 'none', 'The partner login has expired.']],
  ['invalid_integration', [400, 'none', 'Service provider and MVPD have no active integration.']],
  [
    'invalid_authentication_session',
    [400, 'none', 'No live authentication session has this code.'],
  ],
  ['preauthorization_denied_by_mvpd', [403, 'none', 'The MVPD denied the preauthorization.']],
  ['authorization_denied_by_mvpd', [403, 'none', 'The MVPD denied the authorization.']],
  ['authorization_denied_by_parental_controls', [403, 'none', 'Parental controls deny this.']],
  ['authorization_denied_by_degradation_rule', [403, 'none', 'An AuthZNone rule denies this.']],
  ['internal_server_error', [500, 'none', 'The server failed.']],
  ['too_many_resources', [403, 'configuration', 'More resources than the integration allows.']],
  ['invalid_configuration_user_metadata_certificate', [500, 'configuration', 'Bad certificate.']],
  ['invalid_configuration_temporary_access', [500, 'configuration', 'TempPass is misconfigured.']],
  ['invalid_configuration_platform', [500, 'configuration', 'Platform not configured.']],
  ['invalid_configuration_platform_id', [500, 'configuration', 'Platform id not configured.']],
  ['invalid_configuration_platform_trait', [500, 'configuration', 'Platform trait missing.']],
  ['invalid_configuration_platform_category_trait', [500, 'configuration', 'Category missing.']],
  ['invalid_configuration_platform_services', [500, 'configuration', 'Services not configured.']],
  ['invalid_configuration_mvpd_platform', [500, 'configuration', 'MVPD lacks this platform.']],
  [
    'invalid_configuration_mvpd_platform_boarding_status',
    [500, 'configuration', 'Bad boarding status.'],
  ],
  [
    'invalid_configuration_mvpd_platform_profile_exchange',
    [500, 'configuration', 'Bad profile exchange setting.'],
  ],
  [
    'invalid_access_token_service_provider',
    [401, 'application-registration', 'The access token does not cover this service provider.'],
  ],
  [
    'invalid_access_token_client_application',
    [401, 'application-registration', 'The access token belongs to an invalid application.'],
  ],
  ['authenticated_profile_missing', [403, 'authentication', 'The user is not signed in.']],
  ['authenticated_profile_expired', [403, 'authentication', 'The profile has expired.']],
  ['authenticated_profile_invalidated', [403, 'authentication', 'The profile was invalidated.']],
  ['temporary_access_duration_limit_exceeded', [403, 'authentication', 'The trial time is over.']],
  ['temporary_access_resources_limit_exceeded', [403, 'authentication', 'No titles are left.']],
  ['authorization_denied_by_hba_policies', [403, 'authentication', 'Home login used away.']],
  ['authorization_denied_by_session_invalidated', [403, 'authentication', 'Session has ended.']],
  ['identity_not_recognized_by_mvpd', [403, 'authentication', 'The MVPD does not know the user.']],
  ['network_received_error', [403, 'retry', 'The answer of the MVPD could not be read.']],
  ['network_connection_timeout', [403, 'retry', 'The MVPD did not answer in time.']],
  ['maximum_execution_time_exceeded', [403, 'retry', 'The request took too long.']],
]);

/** The `error` values of the two DCR pages. */
export const dcrErrors: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_redirect_uri',
  'invalid_software_statement',
  'unapproved_software_statement',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
]);
