const CLIENT_ID = 'eyJhbGciOiJIUzI1NiJ9.eyJ2IjoxfQ.c2lnbmF0dXJl';
const DEVICE_CODE = 'eyJhbGciOiJIUzI1NiJ9.eyJkIjoidHYifQ.c2lnbmF0dXJl';
const REFRESH_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJjIjoidHYifQ.c2lnbmF0dXJl';
const DEVICE = {
  primaryHardwareType: 'TV',
  model: 'XR-55',
  version: '2026.1',
  manufacturer: 'Cinema Works',
  osName: 'Linux',
  osVersion: '6.6',
  connectionType: 'WiFi',
};
const TV_ID = 'dHYgb2YgYSBob3VzZWhvbG';
const MVPD = { id: 'NorthCable', displayName: 'North Cable' };
const OFFERED = { ...MVPD, logoUrl: 'https://tv.example.com/north.png', isTempPass: false };
const AUTHORIZATION = {
  device_code: DEVICE_CODE,
  user_code: 'H4XK7QP',
  verification_uri: 'https://tv.example.com/activate',
  verification_uri_complete: 'https://tv.example.com/activate?user_code=H4XK7QP',
  expires_in: 1_790,
  interval: 5,
};
const END = { expiresAt: '2026-12-01T20:30:00.000Z', expiresIn: 1_790 };
const PENDING = { status: 'pending', userCode: 'H4XK7QP', ...END };
const SIGNED_IN = { status: 'signed-in', mvpd: MVPD, type: 'regular', ...END };
const SIGNED_OUT = { status: 'signed-out', reason: 'logout', mvpd: MVPD };
const DENIAL = {
  code: 'authorization_denied_by_mvpd',
  action: 'none',
  message: 'Your package does not include this channel.',
};
const PARTNER_REQUEST = {
  status: 'partner',
  partner: 'Apple',
  authenticationRequest: {
    type: 'saml',
    request: 'PHNhbWxwOkF1dGhuUmVxdWVzdC8+',
    attributesNames: ['uid', 'NameID'],
  },
  mvpd: 'NorthCable',
};
const PERMITTED = {
  status: 'permitted',
  resource: 'REF30',
  mvpd: 'NorthCable',
  source: 'mvpd',
  mediaToken: {
    value: 'PHNpZ25hdHVyZUluZm8+',
    notBefore: '2026-12-01T20:00:10.000Z',
    notAfter: '2026-12-01T20:07:10.000Z',
    expiresIn: 420,
  },
};
const DENIED = { status: 'denied', resource: 'REF30', mvpd: 'NorthCable', ...DENIAL };
const TITLE = { slug: 'north-star', title: 'North Star', requiresAuth: true };
const ISSUER = 'https://tv.example.com';
const METHODS = ['client_secret_basic', 'client_secret_post'];
const GRANTS = [
  'urn:ietf:params:oauth:grant-type:device_code',
  'refresh_token',
  'client_credentials',
];

/** What bodies look like, by the name of their schema (of errors and their class) and what they show. */
export const EXAMPLES: Record<string, Record<string, object>> = {
  AuthenticateRequest: { chosen: { mvpd: MVPD, screen: 'same' } },
  Authenticated: { begun: { authorization: AUTHORIZATION, session: { ...PENDING, mvpd: MVPD } } },
  AuthorizeRequest: { channel: { resource: 'REF30' } },
  CatalogAccess: { page: { signedIn: true, access: { 'north-star': 'likely' } } },
  CatalogPage: { page: { titles: [TITLE], next: 'bm9ydGg', stale: false } },
  CheckedCode: {
    known: {
      status: 'known',
      device: { type: 'TV', model: 'XR-55', manufacturer: 'Cinema Works' },
      ...END,
      missingParameters: ['mvpd'],
      sameNetwork: true,
    },
  },
  ConfirmRequest: { yes: { id: '0f8fad5b', confirmed: true } },
  Declined: { declined: { status: 'declined', isTold: true } },
  ChooseRequest: { chosen: { mvpd: MVPD } },
  Chosen: {
    go: { status: 'go', url: 'https://api.auth.adobe.com/api/v2/authenticate/REF30/H4XK7QP' },
    signedIn: { status: 'signed-in' },
  },
  ClientRegistration: {
    registered: {
      client_id: CLIENT_ID,
      client_secret: 'k1.c2VjcmV0',
      client_id_issued_at: 1_790_000_000,
      client_secret_expires_at: 0,
      software_statement: 'eyJhbGciOiJIUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6InR2In0.c2ln',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: GRANTS,
      response_types: [],
      scope: 'device tv',
      device: DEVICE,
      installation_id: '0f8b7e1e-58a2-4a0f-9a55-0a86e5b3a6c1',
    },
  },
  ClientRegistrationRequest: {
    tv: {
      software_statement: 'eyJhbGciOiJIUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6InR2In0.c2ln',
      device: DEVICE,
    },
  },
  Decisions: {
    page: {
      decisions: [
        { resource: 'REF30', authorized: true, source: 'mvpd' },
        { resource: 'REF31', authorized: false, source: 'mvpd', error: DENIAL },
      ],
    },
  },
  DeviceAuthorization: { code: AUTHORIZATION },
  DeviceAuthorizationRequest: { viewer: { scope: 'tv' } },
  Profiles: {
    two: {
      profiles: [
        { mvpd: { id: 'NorthCable' }, type: 'regular', ...END },
        { mvpd: { id: 'SkyDish' }, type: 'regular', ...END },
      ],
    },
  },
  Event: {
    code: { event: 'code', id: '1-c2FtZQ12', data: AUTHORIZATION },
    signedIn: { event: 'signed-in', id: '2-c2FtZQ13', data: SIGNED_IN },
    signedOut: { event: 'signed-out', id: '3-c2FtZQ14', data: SIGNED_OUT },
  },
  EventStream: {
    stream: {
      url: `${ISSUER}/v1/events?stream_token=eyJhbGciOiJIUzI1NiJ9.eyJjIjoidHYifQ.c2ln`,
      expiresIn: 590,
    },
  },
  Jwks: {
    keys: {
      keys: [{ kty: 'EC', crv: 'P-256', kid: 'k1', use: 'sig', alg: 'ES256', x: 'eA', y: 'eQ' }],
    },
  },
  HouseholdSignedOut: {
    done: {
      tvs: [{ id: TV_ID, status: 'signed-out', actions: [] }],
    },
  },
  HouseholdTvs: {
    two: {
      tvs: [
        {
          id: TV_ID,
          name: 'Kitchen',
          model: 'XR-55',
          lastSeenAt: '2026-12-01T20:00:10.000Z',
          isThis: true,
          signedIn: { mvpd: MVPD, type: 'serviceTokenSSO', expiresAt: '2026-12-24T20:00:00.000Z' },
        },
        {
          id: 'YW5vdGhlciB0diBvZiB0aGV',
          model: 'LX-40',
          lastSeenAt: '2026-11-20T18:30:00.000Z',
          isThis: false,
        },
      ],
    },
  },
  Logout: {
    done: {
      status: 'signed-out',
      actions: [
        { mvpd: 'NorthCable', actionName: 'complete', actionType: 'none', todo: 'nothing' },
      ],
    },
  },
  LogoutRequest: { returning: { redirectUrl: 'https://tv.example.com/done' } },
  MediaTokenVerdict: {
    valid: { release: true, status: 'valid' },
    over: { release: false, status: 'invalid', reason: 'TOKEN_EXPIRED' },
    away: { release: false, status: 'unverified', problem: 'unreachable' },
  },
  Mvpds: { picker: { mvpds: [OFFERED] } },
  Nothing: { done: {} },
  NameTvRequest: { kitchen: { name: 'Kitchen' } },
  NamedTv: { kitchen: { id: TV_ID, name: 'Kitchen' } },
  OAuthError: {
    pending: {
      error: 'authorization_pending',
      error_description: 'nobody has signed in yet: poll on',
    },
  },
  'OAuthError 5XX': {
    away: {
      error: 'temporarily_unavailable',
      error_description: 'not available now: ask again',
    },
  },
  PartnerResponseRequest: { answer: { samlResponse: 'PHNhbWxwOlJlc3BvbnNlLz4=' } },
  PartnerSignIn: {
    ask: PARTNER_REQUEST,
    code: {
      status: 'settled',
      authorization: AUTHORIZATION,
      session: { ...PENDING, fallback: 'pfs_fallback' },
    },
  },
  PartnerSignInRequest: { here: { screen: 'second' } },
  Play: { permitted: PERMITTED, denied: DENIED },
  PlayRequest: { title: { slug: 'north-star' } },
  PreauthorizeRequest: { page: { resources: ['REF30', 'REF31'] } },
  Problem: {
    ended: {
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'this access token has ended: refresh it',
      code: 'invalid_token',
      action: 'authentication',
      message: 'this access token has ended: refresh it',
    },
  },
  'Problem 5XX': {
    away: {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'not available now: ask again',
      code: 'temporal_unavailable',
      action: 'retry',
      message: 'not available now: ask again',
    },
  },
  RevocationRequest: { refreshToken: { token: REFRESH_TOKEN } },
  ServerMetadata: {
    gateway: {
      issuer: ISSUER,
      registration_endpoint: `${ISSUER}/oauth/register`,
      device_authorization_endpoint: `${ISSUER}/oauth/device_authorization`,
      token_endpoint: `${ISSUER}/oauth/token`,
      revocation_endpoint: `${ISSUER}/oauth/revoke`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      response_types_supported: ['none'],
      grant_types_supported: GRANTS,
      token_endpoint_auth_methods_supported: METHODS,
      revocation_endpoint_auth_methods_supported: METHODS,
      scopes_supported: ['device', 'tv'],
      service_documentation: `${ISSUER}/openapi.json`,
    },
  },
  Session: { pending: PENDING, signedIn: SIGNED_IN, signedOut: SIGNED_OUT },
  TitlePlay: {
    permitted: { ...PERMITTED, title: TITLE },
    denied: { ...DENIED, title: TITLE },
    open: { status: 'open', title: { ...TITLE, requiresAuth: false } },
    refused: {
      status: 'refused',
      code: 'not_available',
      message: 'This title is not offered now.',
      title: TITLE,
    },
  },
  Token: {
    viewer: {
      access_token: 'eyJhbGciOiJFUzI1NiJ9.eyJzY29wZSI6InR2In0.c2ln',
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'tv',
      refresh_token: REFRESH_TOKEN,
    },
  },
  TokenRequest: {
    poll: { grant_type: GRANTS[0] ?? '', device_code: DEVICE_CODE },
    refresh: { grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN },
    own: { grant_type: 'client_credentials', scope: 'device' },
  },
  VerifyMediaTokenRequest: {
    play: { token: PERMITTED.mediaToken.value, resource: 'REF30', serviceProvider: 'REF30' },
  },
};
