import { device, v2Input } from './fixture-device.ts';
import { always, bearer, form, info, json, listed } from './fixture-headers.ts';
import type { Fixture } from './fixture-headers.ts';

/** Registration, configuration and sessions. */
export const signInFixtures: Fixture[] = [
  {
    operation: 'register',
    invoke: (pass) =>
      pass.register({ softwareStatement: 'aa.bb.cc', redirectUri: 'cinema://back', device }),
    request: {
      method: 'POST',
      path: '/o/client/register',
      headers: { ...always, ...json, 'x-device-info': info },
      body: '{"software_statement":"aa.bb.cc","redirect_uri":"cinema://back"}',
    },
    response: {
      status: 201,
      body: {
        client_id: 'cid-1',
        client_secret: 'sec-1',
        client_id_issued_at: 1_700_000_000,
        redirect_uris: ['cinema://elsewhere'],
        grant_types: ['client_credentials'],
        scopes: ['api:client:v2'],
      },
    },
    expected: { clientId: 'cid-1', clientSecret: 'sec-1', issuedAt: 1_700_000_000_000 },
  },
  {
    operation: 'token',
    invoke: async (pass) => {
      const credentials = { clientId: 'cid-1', clientSecret: 'sec&1' };
      const { value, expiresAt } = await pass.accessToken({ credentials, device });
      return { value, hours: Math.round((expiresAt - Date.now()) / 3_600_000) };
    },
    request: {
      method: 'POST',
      path: '/o/client/token',
      headers: { ...always, ...form, 'x-device-info': info },
      body: 'client_id=cid-1&client_secret=sec%261&grant_type=client_credentials',
    },
    response: {
      status: 201,
      body: { id: 'i', access_token: 'opaque-1', expires_in: 21_600, token_type: 'bearer' },
    },
    expected: { value: 'opaque-1', hours: 6 },
  },
  {
    operation: 'configuration',
    invoke: (pass) => pass.configuration(v2Input),
    request: {
      method: 'GET',
      path: '/api/v2/CINEMA/configuration',
      headers: listed,
      body: '',
    },
    response: {
      status: 200,
      body: {
        device: 'unknown',
        requestor: {
          id: 'CINEMA',
          name: 'Cinema One',
          domains: [{ name: 'cinema.example', mvpdInitiated: false }],
          mvpds: [
            {
              id: 'BlueCable',
              displayName: 'Blue Cable',
              logoUrl: 'https://logos.example/blue.png',
              isProxy: true,
              boardingStatus: 'SUPPORTED',
              platformMappingId: 'blue',
              authPerAggregator: false,
            },
          ],
        },
      },
    },
    expected: {
      serviceProvider: { id: 'CINEMA', name: 'Cinema One', domains: ['cinema.example'] },
      mvpds: [
        {
          id: 'BlueCable',
          displayName: 'Blue Cable',
          logoUrl: 'https://logos.example/blue.png',
          isTempPass: false,
          isProxy: true,
          boardingStatus: 'SUPPORTED',
          platformMappingId: 'blue',
        },
      ],
    },
  },
  {
    operation: 'createSession',
    invoke: (pass) =>
      pass.createSession({
        ...v2Input,
        mvpd: 'BlueCable',
        domainName: 'cinema.example',
        redirectUrl: 'https://cinema.example/done?x=1',
      }),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/sessions',
      headers: { ...listed, ...form },
      body: 'mvpd=BlueCable&domainName=cinema.example&redirectUrl=https%3A%2F%2Fcinema.example%2Fdone%3Fx%3D1',
    },
    response: {
      status: 200,
      body: {
        actionName: 'authenticate',
        actionType: 'interactive',
        reasonType: 'none',
        url: 'https://sp.auth.adobe.com/api/v2/authenticate/CINEMA/QW12ER',
        code: 'QW12ER',
        sessionId: 's-1',
        mvpd: 'BlueCable',
        serviceProvider: 'CINEMA',
        notBefore: '1800000000000',
        notAfter: '1800001800000',
      },
    },
    expected: {
      action: 'authenticate',
      reason: 'none',
      url: 'https://sp.auth.adobe.com/api/v2/authenticate/CINEMA/QW12ER',
      code: 'QW12ER',
      sessionId: 's-1',
      mvpd: 'BlueCable',
      missingParameters: [],
      notBefore: 1_800_000_000_000,
      notAfter: 1_800_001_800_000,
    },
  },
  {
    operation: 'createSession',
    invoke: (pass) => pass.createSession(v2Input),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/sessions',
      headers: { ...listed, ...form },
      body: '',
    },
    response: {
      status: 200,
      body: {
        actionName: 'resume',
        actionType: 'direct',
        reasonType: 'none',
        missingParameters: ['mvpd', 'domain', 'redirectUrl'],
        code: 'QW12ER',
        sessionId: 's-1',
        serviceProvider: 'CINEMA',
        notBefore: '1800000000000',
        notAfter: '1800001800000',
      },
    },
    expected: {
      action: 'resume',
      reason: 'none',
      code: 'QW12ER',
      sessionId: 's-1',
      missingParameters: ['mvpd', 'domainName', 'redirectUrl'],
      notBefore: 1_800_000_000_000,
      notAfter: 1_800_001_800_000,
    },
  },
  {
    operation: 'resumeSession',
    invoke: (pass) => pass.resumeSession({ ...v2Input, code: 'QW12ER', mvpd: 'Blue Cable' }),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/sessions/QW12ER',
      headers: { ...bearer, ...form },
      body: 'mvpd=Blue%20Cable',
    },
    response: {
      status: 200,
      body: {
        actionName: 'authorize',
        actionType: 'direct',
        reasonType: 'degraded',
        sessionId: 's-2',
        serviceProvider: 'CINEMA',
      },
    },
    expected: {
      action: 'authorize',
      reason: 'degraded',
      sessionId: 's-2',
      missingParameters: [],
    },
  },
  {
    operation: 'retrieveSession',
    invoke: (pass) => pass.retrieveSession({ ...v2Input, code: 'QW12ER' }),
    request: {
      method: 'GET',
      path: '/api/v2/CINEMA/sessions/QW12ER',
      headers: bearer,
      body: '',
    },
    response: {
      status: 200,
      body: {
        existingParameters: { domain: 'cinema.example', serviceProvider: 'CINEMA' },
        missingParameters: ['mvpd'],
        notBefore: '1800000000000',
        notAfter: '1800001800000',
        device: {
          type: 'SetTopBox',
          model: null,
          hardware: { manufacturer: 'Cinema Works' },
          operatingSystem: { name: 'Android' },
        },
      },
    },
    expected: {
      existingParameters: { domainName: 'cinema.example', serviceProvider: 'CINEMA' },
      missingParameters: ['mvpd'],
      notBefore: 1_800_000_000_000,
      notAfter: 1_800_001_800_000,
      device: { type: 'SetTopBox', manufacturer: 'Cinema Works', osName: 'Android' },
    },
  },
];
