import assert from 'node:assert/strict';
import { type AdobeManagement, createManagement } from '../../src/adobe-management/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

const SCOPE = 'temporary:passes:owner';
const ALL = { requestorId: 'REF30', mvpdId: 'TempPass_Preview', of: 'all-devices' } as const;

describe('a reset of TempPass', () => {
  let sandbox: Sandbox;
  let management: AdobeManagement;
  before(async () => (sandbox = await startSandbox({ throttle: false })));
  after(() => sandbox.stop());
  beforeEach(() => {
    sandbox.reset();
    management = managementWith({ scopes: [SCOPE] });
  });
  afterEach(() => management.close());

  const managementWith = (statement: Parameters<Sandbox['softwareStatement']>[0]) => {
    const softwareStatement = sandbox.softwareStatement(statement);
    return createManagement({
      managementUrl: sandbox.url,
      registrationUrl: sandbox.url,
      softwareStatement: () => softwareStatement,
    });
  };
  const heard = () => sandbox.requests.map(({ operation, status }) => `${operation} ${status}`);
  const failure = async (of: Promise<unknown>) => {
    try {
      await of;
    } catch (error) {
      const { name, code, status, retryable, message } = Object(error);
      assert.equal(name, 'ManagementError');
      assert.ok(!String(message).includes('\n'));
      return { code, status, retryable, message: String(message) };
    }
    assert.fail('it should have failed');
  };

  it('registers once with a statement of its own scope, and takes a token each time', async () => {
    const credentials = await management.resetTempPass(ALL);
    await management.resetTempPass(ALL, credentials);
    await management.resetTempPass(ALL);
    const once = ['token 201', 'resetTempPass 204'];
    assert.deepEqual(heard(), ['register 201', ...once, ...once, ...once]);
  });

  it('says which trials, on the path and in the parameters that the page lists', () => {
    const query = (of: Parameters<AdobeManagement['resetUrl']>[0]['of']) => {
      const { pathname, search } = management.resetUrl({ ...ALL, of });
      return `${pathname}${search}`;
    };
    const whose = 'requestor_id=REF30&mvpd_id=TempPass_Preview';
    assert.equal(query('all-devices'), `/reset-tempass/v3/reset?device_id=all&${whose}`);
    assert.equal(query({ device: 'a/b' }), `/reset-tempass/v3/reset?device_id=a%2Fb&${whose}`);
    assert.equal(query('all-keys'), `/reset-tempass/v3/reset/generic?key=all&${whose}`);
    assert.equal(query({ key: '0f' }), `/reset-tempass/v3/reset/generic?key=0f&${whose}`);
  });

  it('takes a new token after 401, and new credentials after 403', async () => {
    const before = await management.resetTempPass(ALL);
    sandbox.faults.set({ operation: 'resetTempPass', kind: 'status', status: 401 });
    assert.deepEqual(await management.resetTempPass(ALL), before);
    sandbox.faults.set({ operation: 'resetTempPass', kind: 'status', status: 403 });
    const after = await management.resetTempPass(ALL);
    assert.notEqual(after.clientId, before.clientId);
    assert.deepEqual(heard().slice(3), [
      'token 201',
      'resetTempPass 401',
      'token 201',
      'resetTempPass 204',
      'token 201',
      'resetTempPass 403',
      'register 201',
      'token 201',
      'resetTempPass 204',
    ]);
  });

  it('registers anew where its credentials are known no more', async () => {
    const before = await management.resetTempPass(ALL);
    sandbox.revokeClients();
    const after = await management.resetTempPass(ALL, before);
    assert.notEqual(after.clientId, before.clientId);
  });

  it('tells what is wrong in one line, and whether to try again', async () => {
    const v2 = managementWith({ scopes: ['api:client:v2'] });
    const denied = await failure(v2.resetTempPass(ALL));
    assert.deepEqual([denied.code, denied.retryable], ['access_denied', false]);
    assert.match(denied.message, /has the scope temporary:passes:owner and this service provider/);
    assert.ok(heard().length < 10, 'it does not go on for ever');
    v2.close();
    const forged = managementWith({ scopes: ['other'] });
    const refused = await failure(forged.resetTempPass(ALL));
    assert.equal(refused.code, 'unapproved_software_statement');
    assert.match(refused.message, /ADOBE_MANAGEMENT_STATEMENT_FILE/);
    forged.close();
    const regular = await failure(management.resetTempPass({ ...ALL, mvpdId: 'NorthCable' }));
    assert.deepEqual(
      [regular.code, regular.status, regular.retryable],
      ['bad_request', 400, false],
    );
    sandbox.faults.set({ operation: 'resetTempPass', kind: 'status', status: 503 });
    const away = await failure(management.resetTempPass(ALL));
    assert.deepEqual([away.code, away.retryable], ['http_503', true]);
    sandbox.faults.set({ operation: 'token', kind: 'html-429' });
    assert.equal((await failure(management.resetTempPass(ALL))).retryable, true);
    sandbox.faults.set({ operation: 'resetTempPass', kind: 'reset' });
    assert.equal((await failure(management.resetTempPass(ALL))).code, 'connection_lost');
  });

  it('is refused by the sandbox with anything that its page does not list', async () => {
    await management.resetTempPass(ALL);
    const [token] = sandbox
      .secrets()
      .filter((secret) => secret.length === 64)
      .slice(-1);
    const send = async (
      query: string,
      init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
      path = '',
    ) => {
      const headers = { authorization: `Bearer ${token}`, ...init.headers };
      const url = `${sandbox.url}/reset-tempass/v3/reset${path}?${query}`;
      return (await fetch(url, { method: 'DELETE', ...init, headers })).status;
    };
    const whose = 'requestor_id=REF30&mvpd_id=TempPass_Preview';
    assert.equal(await send(whose), 204);
    assert.equal(await send('mvpd_id=TempPass_Preview'), 400);
    assert.equal(await send('requestor_id=REF30'), 400);
    assert.equal(await send(`${whose}&key=a`), 400);
    assert.equal(await send(`${whose}&device_id=a&device_id=b`), 400);
    assert.equal(await send(whose, { headers: { 'x-device-info': 'e30=' } }), 400);
    assert.equal(await send(whose, { body: 'all' }), 400);
    assert.equal(await send(whose, {}, '/generic'), 400, 'no promotional TempPass');
    assert.equal(await send(whose, { headers: { authorization: 'Bearer none' } }), 401);
    assert.equal(await send(whose, { method: 'POST' }), 405);
    const configuration = await fetch(`${sandbox.url}/api/v2/REF30/configuration`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(configuration.status, 401, 'nor is its token good for REST API V2');
  });
});
