import type { Settings } from './options.ts';

/** The documented calls the sandbox answers: DCR, REST API V2, the browser's entry and "Reset TempPass". */
export const operations = [
  'register',
  'token',
  'configuration',
  'createSession',
  'resumeSession',
  'retrieveSession',
  'authenticate',
  'profiles',
  'profileByMvpd',
  'profileByCode',
  'preauthorize',
  'authorize',
  'logout',
  'resetTempPass',
  'resetTempPassByKey',
  'partnerRequest',
  'partnerProfile',
] as const;

/** Name of a documented call. */
export type Operation = (typeof operations)[number];

/** What one call may carry. Header names in lower case. */
export interface OperationRule {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body: 'none' | 'form' | 'json';
  required: readonly string[];
  optional: readonly string[];
  query: readonly string[];
}

const device = ['ap-device-identifier', 'x-device-info'];
const visitor = ['x-forwarded-for', 'ap-visitor-identifier'];
const sso = ['adobe-subject-token', 'x-roku-reserved-roku-connect-token', 'ad-service-token'];
const partner = ['ap-partner-framework-status'];
const tempPass = ['ap-temppass-identity'];

/**
 * The header lists of the API pages ("REST API V2", one page per operation), and the paths.
 * `X-Forwarded-For` is also taken on the two DCR calls, which are throttled by it.
 */
export function operationRules(settings: Settings): Record<Operation, OperationRule> {
  const byCode = {
    refuse: { required: [], optional: [] },
    tolerate: { required: [], optional: device },
    require: { required: device, optional: [] },
  }[settings.deviceHeadersEverywhere];
  const get = { method: 'GET', body: 'none', required: [], optional: [], query: [] } as const;
  const form = { ...get, method: 'POST', body: 'form' } as const;
  const json = { ...get, method: 'POST', body: 'json' } as const;
  const remove = { ...get, method: 'DELETE', path: '/reset-tempass/v3/reset' } as const;
  const reset = ['requestor_id', 'mvpd_id', 'environment'];
  const dcr = { required: ['x-device-info'], optional: ['x-forwarded-for'] };
  const api = '/api/v2/:serviceProvider';
  return {
    register: { ...json, ...dcr, path: '/o/client/register' },
    token: { ...form, ...dcr, path: '/o/client/token' },
    configuration: {
      ...get,
      path: `${api}/configuration`,
      optional: [...device, 'x-forwarded-for'],
      query: ['profile'],
    },
    createSession: {
      ...form,
      path: `${api}/sessions`,
      required: device,
      optional: [...visitor, ...sso],
    },
    resumeSession: {
      ...form,
      path: `${api}/sessions/:code`,
      required: byCode.required,
      optional: [...visitor, ...byCode.optional],
    },
    retrieveSession: {
      ...get,
      path: `${api}/sessions/:code`,
      required: byCode.required,
      optional: [...visitor, ...byCode.optional],
    },
    authenticate: { ...get, path: '/api/v2/authenticate/:serviceProvider/:code' },
    profiles: {
      ...get,
      path: `${api}/profiles`,
      required: device,
      optional: [...visitor, ...sso, ...partner],
    },
    profileByMvpd: {
      ...get,
      path: `${api}/profiles/:mvpd`,
      required: device,
      optional: [...visitor, ...sso, ...partner, ...tempPass],
    },
    profileByCode: {
      ...get,
      path: `${api}/profiles/code/:code`,
      required: byCode.required,
      optional: [...visitor, ...tempPass, ...byCode.optional],
    },
    preauthorize: {
      ...json,
      path: `${api}/decisions/preauthorize/:mvpd`,
      required: device,
      optional: [...visitor, ...sso, ...partner],
    },
    authorize: {
      ...json,
      path: `${api}/decisions/authorize/:mvpd`,
      required: device,
      optional: [...visitor, ...sso, ...partner, ...tempPass],
    },
    logout: {
      ...get,
      path: `${api}/logout/:mvpd`,
      required: device,
      optional: [...visitor, ...sso],
      query: ['redirectUrl'],
    },
    resetTempPass: { ...remove, query: [...reset, 'device_id', 'appId', 'deviceUser'] },
    resetTempPassByKey: { ...remove, path: `${remove.path}/generic`, query: [...reset, 'key'] },
    partnerRequest: {
      ...form,
      path: `${api}/sessions/sso/:partner`,
      required: device,
      optional: [...visitor, ...partner],
    },
    partnerProfile: {
      ...form,
      path: `${api}/profiles/sso/:partner`,
      required: device,
      optional: [...visitor, ...partner],
    },
  };
}
