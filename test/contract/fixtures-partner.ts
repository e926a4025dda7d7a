import type { PartnerFrameworkStatus } from '../../src/adobe-pass/index.ts';
import { MADE_AT, v2Input } from './fixture-device.ts';
import { form, listed } from './fixture-headers.ts';
import type { Fixture } from './fixture-headers.ts';

const status: PartnerFrameworkStatus = {
  frameworkPermissionInfo: { accessStatus: 'granted' },
  frameworkProviderInfo: { id: 'blue', expirationDate: '4102444800000' },
};
const { device } = v2Input;
const input = {
  ...v2Input,
  device: { ...device, viewerTokens: { partnerFrameworkStatus: status } },
  partner: 'Apple',
};
const headers = {
  ...listed,
  ...form,
  'ap-partner-framework-status':
    'eyJmcmFtZXdvcmtQZXJtaXNzaW9uSW5mbyI6eyJhY2Nlc3NTdGF0dXMiOiJncmFudGVkIn0sImZyYW1ld29ya1Byb3ZpZGVySW5mbyI6eyJpZCI6ImJsdWUiLCJleHBpcmF0aW9uRGF0ZSI6IjQxMDI0NDQ4MDAwMDAifX0=',
};
const profile = {
  notBefore: MADE_AT,
  notAfter: MADE_AT + 2_592_000_000,
  issuer: 'Apple',
  type: 'appleSSO',
  attributes: { userID: { value: 'u-78', state: 'plain' } },
};

/** Single sign-on by a partner's framework on the device. */
export const partnerFixtures: Fixture[] = [
  {
    operation: 'partnerRequest',
    invoke: (pass) =>
      pass.partnerRequest({
        ...input,
        domainName: 'cinema.example',
        redirectUrl: 'https://cinema.example/done?x=1',
      }),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/sessions/sso/Apple',
      headers,
      body: 'domainName=cinema.example&redirectUrl=https%3A%2F%2Fcinema.example%2Fdone%3Fx%3D1',
    },
    response: {
      status: 200,
      body: {
        actionName: 'partner_profile',
        actionType: 'direct',
        reasonType: 'none',
        url: 'https://sp.auth.adobe.com/api/v2/CINEMA/profiles/sso/Apple',
        sessionId: 's-2',
        mvpd: 'BlueCable',
        serviceProvider: 'CINEMA',
        authenticationRequest: {
          type: 'saml',
          request: 'PHNhbWxwOkF1dGhuUmVxdWVzdC8+',
          attributesNames: ['uid', 'NameID'],
        },
      },
    },
    expected: {
      action: 'partner_profile',
      reason: 'none',
      url: 'https://sp.auth.adobe.com/api/v2/CINEMA/profiles/sso/Apple',
      sessionId: 's-2',
      mvpd: 'BlueCable',
      missingParameters: [],
      authenticationRequest: {
        type: 'saml',
        request: 'PHNhbWxwOkF1dGhuUmVxdWVzdC8+',
        attributesNames: ['uid', 'NameID'],
      },
    },
  },
  {
    operation: 'partnerProfile',
    // Base64 has characters that a form has to encode, once.
    invoke: (pass) => pass.partnerProfile({ ...input, samlResponse: 'PHNhbWw+YS9iPz4/Pz8=' }),
    request: {
      method: 'POST',
      path: '/api/v2/CINEMA/profiles/sso/Apple',
      headers,
      body: 'SAMLResponse=PHNhbWw%2BYS9iPz4%2FPz8%3D',
    },
    response: { status: 201, body: { profiles: { BlueCable: profile } } },
    expected: [{ mvpd: 'BlueCable', ...profile }],
  },
];
