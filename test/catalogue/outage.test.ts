import assert from 'node:assert/strict';
import { openCatalogue } from '../../src/client/catalogue.ts';
import type { ConnectedCatalogue } from '../../src/client/catalogue.ts';
import { DevicePassError } from '../../src/client.ts';
import type { AemSandbox, AemSandboxOptions } from '../../src/sandbox/aem/index.ts';
import { startImsSandbox } from '../../src/sandbox/ims/index.ts';
import { freePort } from '../http/support.ts';
import { startAem } from './support.ts';

describe('a catalogue whose AEM can not be asked', () => {
  let aem: AemSandbox;
  let catalogue: ConnectedCatalogue;

  afterEach(async () => {
    catalogue.close();
    await aem.stop();
  });

  async function opened(env: Record<string, string> = {}, options: AemSandboxOptions = {}) {
    const { sandbox, settings } = await startAem(options, env);
    aem = sandbox;
    catalogue = openCatalogue(settings);
  }

  async function refusal(asked: Promise<unknown>): Promise<DevicePassError> {
    const error: unknown = await asked.then(
      () => assert.fail('no error came'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof DevicePassError, String(error));
    return error;
  }

  it('says so with one typed error, with the code of AEM in its details', async () => {
    await opened();
    aem.faults.set({ kind: 'status', status: 503, times: 9 });
    const { code, action, details, retryable, message } = await refusal(catalogue.page());
    assert.deepEqual(
      { code, action, details, retryable },
      {
        code: 'catalogue_unavailable',
        action: 'retry',
        details: 'too_many_sessions',
        retryable: true,
      },
    );
    assert.match(message, /^AEM publish http:\S+ persistedQuery: 503/);
    assert.equal((await refusal(catalogue.title('x'))).details, 'too_many_sessions');
  });

  it('lets nobody queue for an AEM that hangs: after the first, callers hear it at once', async () => {
    await opened({ AEM_REQUEST_TIMEOUT_MS: '300' });
    aem.faults.set({ kind: 'hang', times: 9 });
    for (let call = 0; call < 20; call += 1) {
      assert.equal((await refusal(catalogue.page())).details, 'timeout');
    }
    assert.equal(aem.requests.length, 1);
  });

  it('names the proxy when it is the proxy that fails [complaint: proxy or private CA]', async () => {
    const port = await freePort();
    await opened({ AEM_PROXY_URL: `http://127.0.0.1:${port}` });
    const { details, message } = await refusal(catalogue.page());
    assert.equal(details, 'network_error');
    assert.match(message, new RegExp(`connection_refused at proxy 127\\.0\\.0\\.1:${port}`));
    assert.equal(aem.requests.length, 0);
  });

  it('with a token of the wrong console says so before anybody is asked', async () => {
    const ims = await startImsSandbox();
    try {
      await opened({
        AEM_CREDENTIALS: JSON.stringify(ims.developerConsoleCredentials()),
        AEM_CREDENTIAL_KINDS: 'service-jwt',
        AEM_TOKEN_TIERS: 'publish',
      });
      const { details, action, message } = await refusal(catalogue.page());
      assert.deepEqual([details, action], ['wrong_console', 'configuration']);
      assert.match(message, /credentials AEM_CREDENTIALS: wrong_console/);
      assert.equal(aem.requests.length + ims.requests.length, 0);
    } finally {
      await ims.stop();
    }
  });

  it('for want of a token says what IMS said, and what to correct', async () => {
    const ims = await startImsSandbox();
    try {
      const credentials = ims.oauthCredentials();
      ims.forbid(credentials.technicalAccount.clientId);
      await opened({
        AEM_CREDENTIALS: JSON.stringify(credentials),
        AEM_TOKEN_TIERS: 'publish',
        IMS_ALLOWED_HOSTS: `http://${ims.host}`,
      });
      const { code, action, details, retryable, message } = await refusal(catalogue.page());
      assert.deepEqual(
        [code, action, details, retryable],
        ['catalogue_unavailable', 'configuration', 'unauthorized_client', false],
      );
      assert.ok(message.startsWith(`ims ${ims.host}: 400 unauthorized_client`), message);
      assert.equal(aem.requests.length, 0);
    } finally {
      await ims.stop();
    }
  });
});
