import assert from 'node:assert/strict';
import { base64, deviceInfo, startDevice } from './device.ts';
import type { Device, Reply } from './device.ts';

function refused(reply: Reply, code: string) {
  assert.equal(reply.status, 400, reply.text);
  assert.equal(reply.json.code, code);
  assert.match(reply.json.trace, /^[0-9a-f-]{36}$/);
}

describe('sandbox: what it refuses', () => {
  let device: Device;
  before(async () => (device = await startDevice()));
  after(() => device.sandbox.stop());

  it('device headers that are missing or malformed', async () => {
    const info = (value: string | undefined) =>
      device.api('/REF30/profiles', { headers: { 'X-Device-Info': value } });
    refused(await info(undefined), 'invalid_header_device_info');
    refused(await info('{"model":"x"}'), 'invalid_header_device_info');
    refused(
      await info(base64({ ...deviceInfo, connectionType: undefined })),
      'invalid_header_device_info',
    );
    refused(await info(base64({ ...deviceInfo, osName: 'Roku' })), 'invalid_header_device_info');
    const id = (value: string | undefined) =>
      device.api('/REF30/profiles', { headers: { 'AP-Device-Identifier': value } });
    for (const bad of [undefined, 'fingerprint', 'fingerprint a-b_', 'other ZGV2aWNl']) {
      refused(await id(bad), 'invalid_header_device_identifier');
    }
  });

  it('headers a page does not list, and says which', async () => {
    for (const [path, name] of [
      ['/REF30/profiles', 'X-Request-Id'],
      ['/REF30/profiles', 'AP-TempPass-Identity'],
      ['/REF30/configuration', 'AP-Visitor-Identifier'],
      [
        '/REF30/logout/NorthCable?redirectUrl=https%3A%2F%2Fexample.com',
        'AP-Partner-Framework-Status',
      ],
    ] as const) {
      const reply = await device.api(path, { headers: { [name]: base64({ a: 1 }) } });
      refused(reply, 'invalid_request_header');
      assert.match(reply.json.details, new RegExp(name, 'i'));
    }
    refused(await device.api('/REF30/profiles/code/ABCDEFG'), 'invalid_request_header');
    refused(await device.api('/REF30/sessions/ABCDEFG'), 'invalid_request_header');
  });

  it('unknown query parameters, fields, content types and addresses', async () => {
    refused(await device.api('/REF30/profiles?x=1'), 'invalid_request_parameter');
    refused(await device.signInSession({ extra: '1' }), 'invalid_request_body');
    const type = { headers: { 'Content-Type': 'text/plain' }, body: '{}' };
    refused(await device.call('POST', '/api/v2/REF30/sessions', type), 'invalid_request_header');
    refused(
      await device.api('/REF30/profiles', { headers: { 'X-Forwarded-For': '1.2.3.4, 5.6.7.8' } }),
      'invalid_request_header',
    );
  });

  it('unknown channels, MVPDs and integrations', async () => {
    refused(await device.api('/NOPE/configuration'), 'invalid_parameter_service_provider');
    refused(await device.api('/REF30/profiles/NOPE'), 'invalid_parameter_mvpd');
    refused(await device.api('/CITYTV/profiles/HarborTel'), 'invalid_integration');
    refused(await device.signInSession({ mvpd: 'NOPE' }), 'invalid_parameter_mvpd');
  });

  it('bad session and logout parameters', async () => {
    refused(
      await device.signInSession({ redirectUrl: 'https%3A%2F%2Fexample.com' }),
      'invalid_parameter_redirect_url',
    );
    refused(
      await device.signInSession({ domainName: 'https://example.com' }),
      'invalid_parameter_domain_name',
    );
    refused(await device.api('/REF30/logout/NorthCable'), 'invalid_parameter_redirect_url');
    refused(await device.api('/REF30/profiles/code/abc', { bare: true }), 'invalid_parameter_code');
    refused(
      await device.api('/REF30/sessions/ABCDEFG', { bare: true }),
      'invalid_authentication_session',
    );
  });

  it('bad resources', async () => {
    const ask = (body: unknown) => device.json('/REF30/decisions/preauthorize/NorthCable', body);
    for (const resources of [undefined, [], 'REF30', [1], [' '], ['<rss></rss>']]) {
      refused(await ask({ resources }), 'invalid_parameter_resources');
    }
    refused(await ask({ resources: ['a'], more: 1 }), 'invalid_request_body');
    const many = await ask({ resources: ['1', '2', '3', '4', '5', '6'] });
    assert.deepEqual([many.status, many.json.code], [403, 'too_many_resources']);
  });

  it('other methods with 405 and other paths with 404', async () => {
    const reply = await device.call('DELETE', '/api/v2/REF30/sessions/ABCDEFG');
    assert.equal(reply.status, 405);
    assert.deepEqual(reply.headers.get('allow')?.split(', ').sort(), ['GET', 'POST']);
    const lost = await device.api('/REF30/decision/authorize/NorthCable');
    assert.deepEqual([lost.status, lost.json.status], [404, 404]);
    assert.equal(reply.json.status, 405);
  });

  it('nothing for device headers by code when told to require them', async () => {
    const strict = await startDevice({ deviceHeadersEverywhere: 'require' });
    const { code } = (await strict.signInSession()).json;
    assert.equal((await strict.api(`/REF30/profiles/code/${code}`)).status, 200);
    refused(
      await strict.api(`/REF30/profiles/code/${code}`, { bare: true }),
      'invalid_header_device_identifier',
    );
    await strict.sandbox.stop();
  });
});
