import assert from 'node:assert/strict';
import type {
  AdobePass,
  PartnerFrameworkStatus,
  StreamingDevice,
} from '../../src/adobe-pass/index.ts';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';

const calls: Record<string, (pass: AdobePass, device: StreamingDevice) => Promise<unknown>> = {
  register: (pass, device) => pass.register({ softwareStatement: 's.s.s', device }),
  token: (pass, device) =>
    pass.accessToken({ credentials: { clientId: 'c', clientSecret: 'x' }, device }),
  configuration: (pass, device) => pass.configuration({ ...base, device }),
  createSession: (pass, device) => pass.createSession({ ...base, device }),
  resumeSession: (pass, device) => pass.resumeSession({ ...base, device, code: 'ABC123' }),
  retrieveSession: (pass, device) => pass.retrieveSession({ ...base, device, code: 'ABC123' }),
  profiles: (pass, device) => pass.profiles({ ...base, device }),
  profileByMvpd: (pass, device) => pass.profileByMvpd({ ...base, device, mvpd: 'Cable' }),
  profileByCode: (pass, device) => pass.profilesByCode({ ...base, device, code: 'ABC123' }),
  preauthorize: (pass, device) =>
    pass.preauthorize({ ...base, device, mvpd: 'Cable', resources: ['r'] }),
  authorize: (pass, device) => pass.authorize({ ...base, device, mvpd: 'Cable', resources: ['r'] }),
  logout: (pass, device) =>
    pass.logout({ ...base, device, mvpd: 'Cable', redirectUrl: 'https://a.example' }),
  partnerRequest: (pass, device) =>
    pass.partnerRequest({ ...base, device, partner: 'Apple', ...redirect }),
  partnerProfile: (pass, device) =>
    pass.partnerProfile({ ...base, device, partner: 'Apple', samlResponse: 'PHg+' }),
};
const redirect = { domainName: 'a.example', redirectUrl: 'https://a.example' };

/** [authorization, device identifier, device info, content type] as the API pages list them. */
const pages: Record<string, [boolean, boolean, boolean, string | undefined]> = {
  register: [false, false, true, 'application/json;charset=utf-8'],
  token: [false, false, true, 'application/x-www-form-urlencoded'],
  configuration: [true, true, true, undefined],
  createSession: [true, true, true, 'application/x-www-form-urlencoded'],
  resumeSession: [true, false, false, 'application/x-www-form-urlencoded'],
  retrieveSession: [true, false, false, undefined],
  profiles: [true, true, true, undefined],
  profileByMvpd: [true, true, true, undefined],
  profileByCode: [true, false, false, undefined],
  preauthorize: [true, true, true, 'application/json;charset=utf-8'],
  authorize: [true, true, true, 'application/json;charset=utf-8'],
  logout: [true, true, true, undefined],
  partnerRequest: [true, true, true, 'application/x-www-form-urlencoded'],
  partnerProfile: [true, true, true, 'application/x-www-form-urlencoded'],
};

const transportHeaders = ['host', 'connection', 'accept-encoding', 'content-length'];

async function requestOf(operation: string, of = device, deviceHeadersEverywhere = false) {
  const server = await recorder(() => ({ status: 404, body: '' }));
  const pass = clientOf(server, { deviceHeadersEverywhere });
  await calls[operation]?.(pass, of).catch(() => {});
  const [request] = server.received;
  assert.ok(request, `${operation} sent nothing`);
  return request;
}

async function headersOf(...asked: Parameters<typeof requestOf>) {
  return (await requestOf(...asked)).headers;
}

/** Of registration and REST API V2: V1 and the SDKs have others (`/reggie/v1/`, `/api/v1/`). */
const PATHS = /^\/(o\/client\/(register|token)|api\/v2\/.+)$/;

describe('request headers', () => {
  afterEach(cleanUp);

  for (const operation of Object.keys(calls)) {
    it(`of ${operation} go to REST API V2, and to nothing older [MIG-01]`, async () => {
      assert.match((await requestOf(operation)).url.split('?')[0] ?? '', PATHS);
    });
  }

  for (const [operation, [authorization, identifier, info, type]] of Object.entries(pages)) {
    it(`of ${operation} are the documented ones and no others [HDR-01] [HDR-02] [HDR-04] [HDR-09]`, async () => {
      const headers = await headersOf(operation);
      const expected = [
        'accept',
        'user-agent',
        'x-forwarded-for',
        ...(authorization ? ['authorization'] : []),
        ...(identifier ? ['ap-device-identifier'] : []),
        ...(info ? ['x-device-info'] : []),
        ...(type ? ['content-type'] : []),
      ];
      const names = Object.keys(headers).filter((name) => !transportHeaders.includes(name));
      assert.deepEqual(names.sort(), expected.sort());
      assert.equal(headers['content-type'], type);
      if (authorization) assert.equal(headers['authorization'], `Bearer ${base.accessToken}`);
    });
  }

  for (const operation of Object.keys(calls)) {
    const lists = ['profileByMvpd', 'profileByCode', 'authorize'].includes(operation);
    it(`of ${operation} ${lists ? 'have' : 'lack'} the identity of a promotional TempPass [TMP-03]`, async () => {
      const tempPassIdentity = { key: 'mail', hash: 'f7ee5ec7' };
      const headers = await headersOf(operation, { ...device, tempPassIdentity }, true);
      const sent = headers['ap-temppass-identity'];
      // {"mail":"f7ee5ec7"}
      assert.equal(sent, lists ? 'eyJtYWlsIjoiZjdlZTVlYzcifQ==' : undefined);
    });
  }

  it('describe the streaming device, not the server [HDR-03] [HDR-05] [S2S-02] [S2S-03]', async () => {
    const headers = await headersOf('profiles');
    assert.equal(headers['ap-device-identifier'], 'fingerprint YjJjMWYwYTk0ZTVk');
    assert.equal(headers['user-agent'], device.userAgent);
    const info = Buffer.from(headers['x-device-info'] ?? '', 'base64').toString('utf8');
    assert.deepEqual(JSON.parse(info), {
      ...device.facts,
      connectionIp: '203.0.113.7',
      connectionPort: 51234,
    });
  });

  it('carry the source address and port of the device [HDR-06] [S2S-04] [S2S-07]', async () => {
    const headers = await headersOf('authorize', { ...device, ip: '2001:db8::7', port: 40000 });
    const info = JSON.parse(
      Buffer.from(headers['x-device-info'] ?? '', 'base64').toString('utf8'),
    ) as Record<string, unknown>;
    assert.equal(info['connectionIp'], '2001:db8::7');
    assert.equal(info['connectionPort'], 40000);
  });

  it('forward the device address on every call, registration included [THR-01] [S2S-05]', async () => {
    for (const operation of Object.keys(calls)) {
      assert.equal((await headersOf(operation))['x-forwarded-for'], device.ip, operation);
    }
  });

  it('put both device headers on every V2 call when asked to [HDR-02] [HDR-04]', async () => {
    for (const operation of Object.keys(calls)) {
      const headers = await headersOf(operation, device, true);
      const dcr = operation === 'register' || operation === 'token';
      assert.equal('ap-device-identifier' in headers, !dcr, operation);
      assert.ok('x-device-info' in headers, operation);
    }
  });

  it('name no User-Agent of ours when the device gave none', async () => {
    const { userAgent: _, ...quiet } = device;
    assert.equal((await headersOf('profiles', quiet))['user-agent'], undefined);
  });

  it('pass the visitor id bare, but not to configuration', async () => {
    const visitorIdentifier = '20265673158980419722735089753036633573';
    const visitor = { ...device, viewerTokens: { visitorIdentifier } };
    const headers = await headersOf('profileByCode', visitor);
    assert.equal(headers['ap-visitor-identifier'], visitorIdentifier);
    assert.ok(!('ap-visitor-identifier' in (await headersOf('configuration', visitor))));
  });

  it('carry tokens of single sign-on where the page of the call lists them', async () => {
    const viewerTokens = {
      subjectToken: 'aa.bb.cc',
      rokuConnectToken: 'aa.bb.cc.dd.ee',
      serviceToken: 'ff.gg.hh',
      partnerFrameworkStatus: {
        frameworkPermissionInfo: { accessStatus: 'granted' },
        frameworkProviderInfo: { id: 'cable', expirationDate: '4102444800000' },
      },
    };
    const names = [
      'adobe-subject-token',
      'x-roku-reserved-roku-connect-token',
      'ad-service-token',
      'ap-partner-framework-status',
    ];
    const withPartner = ['profiles', 'profileByMvpd', 'preauthorize', 'authorize'];
    const expected = (operation: string) => {
      if (operation.startsWith('partner')) return names.slice(3);
      if (withPartner.includes(operation)) return names;
      return ['createSession', 'logout'].includes(operation) ? names.slice(0, 3) : [];
    };
    for (const operation of Object.keys(calls)) {
      const headers = await headersOf(operation, { ...device, viewerTokens });
      assert.deepEqual(
        names.filter((name) => name in headers),
        expected(operation),
        operation,
      );
    }
    const headers = await headersOf('authorize', { ...device, viewerTokens });
    assert.equal(headers['ad-service-token'], viewerTokens.serviceToken);
    const status = Buffer.from(String(headers['ap-partner-framework-status']), 'base64').toString();
    assert.deepEqual(JSON.parse(status), viewerTokens.partnerFrameworkStatus);
  });

  it('carry no status of a partner that says nothing for the viewer [PFS-01]', async () => {
    const valid = {
      frameworkPermissionInfo: { accessStatus: 'granted' },
      frameworkProviderInfo: { id: 'cable', expirationDate: '4102444800000' },
    };
    const { frameworkProviderInfo: provider } = valid;
    const statuses: [string, PartnerFrameworkStatus][] = [
      ['valid', valid],
      ['denied', { ...valid, frameworkPermissionInfo: { accessStatus: 'denied' } }],
      ['of nobody', { ...valid, frameworkProviderInfo: {} }],
      ['without a name', { ...valid, frameworkProviderInfo: { ...provider, id: '' } }],
      ['without an end', { ...valid, frameworkProviderInfo: { id: 'cable' } }],
      [
        'over',
        { ...valid, frameworkProviderInfo: { id: 'cable', expirationDate: '1735689600000' } },
      ],
    ];
    for (const [name, partnerFrameworkStatus] of statuses) {
      for (const operation of ['profiles', 'authorize', 'partnerRequest', 'partnerProfile']) {
        const viewer = { ...device, viewerTokens: { partnerFrameworkStatus } };
        const sent = 'ap-partner-framework-status' in (await headersOf(operation, viewer));
        assert.equal(sent, name === 'valid', `${operation}: ${name}`);
      }
    }
  });

  it('refuse a value that would break the request, before sending', async () => {
    const server = await recorder(() => ({ body: { profiles: {} } }));
    const pass = clientOf(server);
    const bad = { ...device, userAgent: 'TV\r\nX-Evil: 1' };
    await assert.rejects(pass.profiles({ ...base, device: bad }), {
      name: 'AdobePassError',
      code: 'invalid_request',
      retryable: false,
    });
    assert.equal(server.received.length, 0);
  });
});
