import {
  base64,
  type Device,
  deviceHeaders,
  raw,
  registerDevice,
  type Reply,
} from '../sandbox/device.ts';
import { askFramework, pending, redirect, signIn, statusOf } from './sandbox-scenarios.ts';

export const MVPD = 'NorthCable';
export const all = {
  mvpd: MVPD,
  domainName: 'example.com',
  redirectUrl: 'https://tv.example/done',
};
export const profiles = {
  [MVPD]: {
    notBefore: 1,
    notAfter: 2,
    issuer: MVPD,
    type: 'regular',
    attributes: { userID: { value: 'x', state: 'plain' } },
  },
};
export const session = {
  actionName: 'authenticate',
  actionType: 'interactive',
  reasonType: 'none',
  url: '/api/v2/authenticate/REF30/ABCDEF',
  code: 'ABCDEF',
  sessionId: 'x',
  mvpd: MVPD,
  serviceProvider: 'REF30',
  notBefore: '1',
  notAfter: '2',
};
export const decision = { resource: 'x', serviceProvider: 'REF30', mvpd: MVPD, source: 'mvpd' };
export const denied = (code: string) => ({
  ...decision,
  authorized: false,
  error: { status: 403, code, message: 'x', action: 'none', helpUrl: 'x' },
});
const version = { major: 0, minor: 0, patch: 0, profile: '' };

export interface Exchange {
  ask: (device: Device) => Promise<Reply>;
  status: number;
  body: unknown;
}

/** One exchange of each of the fourteen operations, as the API pages describe its answer. */
export const exchanges: Record<string, Exchange> = {
  register: {
    ask: ({ sandbox }) =>
      raw(
        sandbox,
        'POST',
        '/o/client/register',
        { 'Content-Type': 'application/json', 'X-Device-Info': deviceHeaders['X-Device-Info'] },
        JSON.stringify({
          software_statement: sandbox.softwareStatement(),
          redirect_uri: 'tvapp://back',
        }),
      ),
    status: 201,
    body: {
      client_id: 'x',
      client_secret: 'x',
      client_id_issued_at: 1,
      redirect_uris: ['tvapp://back'],
      grant_types: ['client_credentials'],
      scopes: ['api:client:v2'],
    },
  },
  token: {
    ask: async (device) => {
      const before = device.sandbox.requests.length;
      await registerDevice(device.sandbox);
      const form = device.sandbox.requests[before + 1]?.body as Record<string, string>;
      return raw(
        device.sandbox,
        'POST',
        '/o/client/token',
        {
          'Content-Type': 'application/x-www-form-urlencoded',
          'X-Device-Info': deviceHeaders['X-Device-Info'],
        },
        new URLSearchParams(form).toString(),
      );
    },
    status: 201,
    body: { id: 'x', access_token: 'x', created_at: 1, expires_in: 1, token_type: 'bearer' },
  },
  configuration: {
    ask: (device) => device.api('/REF30/configuration'),
    status: 200,
    body: {
      device: 'x',
      clientType: 'x',
      os: 'x',
      requestor: {
        id: 'REF30',
        name: 'x',
        domains: ['example.com', 'localhost', '127.0.0.1'].map((name) => ({
          name,
          mvpdInitiated: false,
        })),
        mvpds: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({
          id,
          displayName: 'x',
          logoUrl: 'x',
          ...('efg'.includes(id) ? { isTempPass: true } : {}),
          ...(['a', 'b', 'c'].includes(id)
            ? {
                enablePlatformServices: true,
                boardingStatus: 'x',
                platformMappingId: 'x',
                displayInPlatformPicker: true,
                ...(id === 'a' ? { enforcePlatformPermissions: true } : {}),
              }
            : {}),
          ...(id === 'd' ? { authPerAggregator: true } : {}),
        })),
      },
    },
  },
  createSession: {
    ask: (device) => device.form('/REF30/sessions', all),
    status: 200,
    body: session,
  },
  resumeSession: {
    ask: async (device) => {
      const code = await pending(device, {});
      return device.form(`/REF30/sessions/${code}`, all, { bare: true });
    },
    status: 200,
    body: session,
  },
  retrieveSession: {
    ask: async (device) =>
      device.api(`/REF30/sessions/${await pending(device, { mvpd: MVPD })}`, { bare: true }),
    status: 200,
    body: {
      missingParameters: ['domainName', 'redirectUrl'],
      existingParameters: { mvpd: MVPD, serviceProvider: 'REF30' },
      device: {
        type: 'x',
        model: 'x',
        version,
        hardware: { name: null, vendor: null, version, manufacturer: 'x' },
        operatingSystem: { name: 'x', family: 'x', vendor: 'x', version },
        browser: { name: 'x', vendor: 'x', version, userAgent: 'x', originalUserAgent: 'x' },
        display: {
          width: 0,
          height: 0,
          ppi: 0,
          name: 'x',
          vendor: null,
          version: null,
          diagonalSize: null,
        },
        applicationId: null,
        connection: { ipAddress: 'x', port: '0', secure: false, type: null },
      },
      notBefore: '1',
      notAfter: '2',
    },
  },
  profiles: {
    ask: async (device) => {
      await signIn(device, MVPD);
      return device.api('/REF30/profiles');
    },
    status: 200,
    body: { profiles },
  },
  profileByMvpd: {
    ask: async (device) => {
      await signIn(device, MVPD);
      return device.api(`/REF30/profiles/${MVPD}`);
    },
    status: 200,
    body: { profiles },
  },
  profileByCode: {
    ask: async (device) => {
      const code = await pending(device, all);
      return device.api(`/REF30/profiles/code/${code}`, { bare: true });
    },
    status: 200,
    body: { profiles: {} },
  },
  preauthorize: {
    ask: async (device) => {
      await signIn(device, MVPD);
      const resources = ['news', 'premium-movies'];
      return device.json(`/REF30/decisions/preauthorize/${MVPD}`, { resources });
    },
    status: 200,
    body: {
      decisions: [{ ...decision, authorized: true }, denied('preauthorization_denied_by_mvpd')],
    },
  },
  authorize: {
    ask: async (device) => {
      await signIn(device, MVPD);
      const resources = ['news', 'premium-movies'];
      return device.json(`/REF30/decisions/authorize/${MVPD}`, { resources });
    },
    status: 200,
    body: {
      decisions: [
        {
          ...decision,
          authorized: true,
          token: { notBefore: 1, notAfter: 2, serializedToken: 'x' },
          notBefore: 1,
          notAfter: 2,
        },
        denied('authorization_denied_by_mvpd'),
      ],
    },
  },
  logout: {
    ask: async (device) => {
      await signIn(device, MVPD);
      return device.api(`/REF30/logout/${MVPD}?redirectUrl=${encodeURIComponent(all.redirectUrl)}`);
    },
    status: 200,
    body: {
      logouts: {
        [MVPD]: { actionName: 'logout', actionType: 'interactive', mvpd: MVPD, url: 'x' },
      },
    },
  },
  partnerRequest: {
    ask: (device) =>
      device.form('/REF30/sessions/sso/Apple', redirect, { headers: statusHeader() }),
    status: 200,
    body: {
      actionName: 'partner_profile',
      actionType: 'direct',
      reasonType: 'none',
      url: '/api/v2/REF30/profiles/sso/Apple',
      sessionId: 'x',
      mvpd: MVPD,
      serviceProvider: 'REF30',
      authenticationRequest: { type: 'saml', request: 'x', attributesNames: ['a', 'b', 'c'] },
    },
  },
  partnerProfile: {
    ask: async (device) => {
      const fields = { SAMLResponse: await askFramework(device, statusOf('north-cable')) };
      return device.form('/REF30/profiles/sso/Apple', fields, { headers: statusHeader() });
    },
    status: 201,
    body: { profiles: { [MVPD]: { ...profiles[MVPD], issuer: 'Apple', type: 'appleSSO' } } },
  },
};

function statusHeader() {
  return { 'AP-Partner-Framework-Status': base64(statusOf('north-cable')) };
}
