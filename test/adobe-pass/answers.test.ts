import assert from 'node:assert/strict';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';

const since = Date.now() - 60_000;

/** Times of a profile that still holds for so many minutes. */
const life = (minutes: number) => ({ notBefore: since, notAfter: since + minutes * 60_000 });

const profile = (minutes: number, extra: object = {}) => ({
  ...life(minutes),
  issuer: 'Cable',
  type: 'regular',
  attributes: { userID: { value: 'u', state: 'plain' } },
  ...extra,
});

/** A client of a server that always gives the same answer. */
async function answering(body: unknown, status = 200) {
  const server = await recorder(() => ({ status, body }));
  return { server, pass: clientOf(server) };
}

describe('registration', () => {
  afterEach(cleanUp);
  const credentials = { clientId: 'c', clientSecret: 's' };
  const token = (created_at: unknown) => ({ access_token: 't', created_at, expires_in: 21_600 });

  it('takes 201 for success and seconds for seconds [DCR-05]', async () => {
    const body = { client_id: 'a', client_secret: 'b', client_id_issued_at: 1_700_000_000, x: 1 };
    const { pass } = await answering(body, 201);
    assert.deepEqual(await pass.register({ softwareStatement: 's', device }), {
      clientId: 'a',
      clientSecret: 'b',
      issuedAt: 1_700_000_000_000,
    });
  });

  it('dates a token from its creation [REG-06]', async () => {
    const createdAt = Date.now() - 30_000;
    const { pass } = await answering(token(createdAt), 201);
    const { expiresAt } = await pass.accessToken({ credentials, device });
    assert.equal(expiresAt, createdAt + 21_600_000);
  });

  for (const createdAt of [undefined, 1_700_000_000, 4_000_000_000_000]) {
    it(`dates a token by this clock when it was created at ${createdAt}`, async () => {
      const { pass } = await answering(token(createdAt), 201);
      const { expiresAt } = await pass.accessToken({ credentials, device });
      assert.ok(Math.abs(expiresAt - 21_600_000 - Date.now()) < 2000);
    });
  }
});

describe('sessions', () => {
  afterEach(cleanUp);

  it('encodes redirectUrl exactly once, in forms and in queries', async () => {
    const { server, pass } = await answering({ actionName: 'resume', logouts: {} });
    const redirectUrl = 'https://app.example/done?a=1&b=%20c#x';
    await pass.createSession({ ...base, redirectUrl });
    await pass.logout({ ...base, mvpd: 'm', redirectUrl });
    const once = 'https%3A%2F%2Fapp.example%2Fdone%3Fa%3D1%26b%3D%2520c%23x';
    assert.equal(server.received[0]?.body, `redirectUrl=${once}`);
    assert.equal(server.received[1]?.url, `/api/v2/DEMO/logout/m?redirectUrl=${once}`);
  });

  it('understands actions and reasons it has never seen [EEC-06]', async () => {
    const { pass } = await answering({ actionName: 'dance', reasonType: 'joy', sessionId: 's' });
    const session = await pass.createSession(base);
    assert.deepEqual(session, {
      action: 'dance',
      reason: 'joy',
      sessionId: 's',
      missingParameters: [],
    });
  });

  it('speaks of domainName where answers say domain', async () => {
    const { pass } = await answering({
      actionName: 'retry',
      missingParameters: ['domain', 'mvpd'],
      existingParameters: { domain: 'app.example', serviceProvider: 'DEMO' },
    });
    const session = await pass.resumeSession({ ...base, code: 'ABC123' });
    assert.deepEqual(session.missingParameters, ['domainName', 'mvpd']);
    const { existingParameters } = await pass.retrieveSession({ ...base, code: 'ABC123' });
    assert.deepEqual(existingParameters, { domainName: 'app.example', serviceProvider: 'DEMO' });
  });

  it('makes addresses for the browser absolute, and drops what is none [S2S-23]', async () => {
    const { server, pass } = await answering({ actionName: 'a', url: '/api/v2/x' });
    assert.equal((await pass.createSession(base)).url, `${server.url}/api/v2/x`);
    server.answer = () => ({ body: { actionName: 'a', url: 'javascript:alert(1)' } });
    assert.equal('url' in (await pass.createSession(base)), false);
    assert.equal(
      pass.authenticateUrl({ serviceProvider: 'DEMO', code: 'A/1' }),
      `${server.url}/api/v2/authenticate/DEMO/A%2F1`,
    );
  });

  it('refuses values that would address another endpoint, before sending', async () => {
    const { server, pass } = await answering({ profiles: {} });
    const refused = (code: string) => ({ name: 'AdobePassError', code, retryable: false });
    await assert.rejects(
      pass.profileByMvpd({ ...base, mvpd: '..' }),
      refused('invalid_parameter_mvpd'),
    );
    await assert.rejects(
      pass.profilesByCode({ ...base, code: '' }),
      refused('invalid_parameter_code'),
    );
    assert.equal(server.received.length, 0);
    await pass.profileByMvpd({ ...base, mvpd: '../logout/x?y' });
    assert.equal(server.received[0]?.url, '/api/v2/DEMO/profiles/..%2Flogout%2Fx%3Fy');
  });
});

describe('profiles', () => {
  afterEach(cleanUp);

  it('come with the longest validity first by code, and none while there is none [ATN-16]', async () => {
    const { server, pass } = await answering({
      profiles: { A: profile(10), B: profile(30), C: profile(20) },
    });
    const byCode = await pass.profilesByCode({ ...base, code: 'ABC123' });
    assert.deepEqual(
      byCode.map(({ mvpd }) => mvpd),
      ['B', 'C', 'A'],
    );
    assert.equal((await pass.profileByMvpd({ ...base, mvpd: 'C' }))?.mvpd, 'C');
    server.answer = () => ({ body: { profiles: {} } });
    assert.deepEqual(await pass.profilesByCode({ ...base, code: 'ABC123' }), []);
    assert.equal(await pass.profileByMvpd({ ...base, mvpd: 'C' }), undefined);
  });

  it('keeps metadata, drops unknown fields, tolerates unknown types [ATN-11] [EEC-06]', async () => {
    const { pass } = await answering({
      profiles: {
        A: profile(10, {
          type: 'novel',
          sessionId: 'x',
          attributes: { ...profile(10).attributes, odd: 7 },
        }),
      },
      more: 1,
    });
    assert.deepEqual(await pass.profiles(base), [{ mvpd: 'A', ...profile(10), type: 'novel' }]);
  });
});

describe('configuration', () => {
  afterEach(cleanUp);

  it('keeps the readable providers of a partly odd list', async () => {
    const mvpds = [
      { id: 'A', displayName: 'A TV', isTempPass: true, novel: 1 },
      {},
      { id: 'B' },
      7,
    ];
    const { pass } = await answering({ requestor: { id: 'DEMO', domains: [{}], mvpds }, os: 'x' });
    assert.deepEqual(await pass.configuration(base), {
      serviceProvider: { id: 'DEMO', domains: [] },
      mvpds: [
        { id: 'A', displayName: 'A TV', isTempPass: true, isProxy: false },
        { id: 'B', displayName: 'B', isTempPass: false, isProxy: false },
      ],
    });
  });
});

describe('decisions', () => {
  afterEach(cleanUp);

  it('asks on /decisions/ [S2S-31]', async () => {
    const { server, pass } = await answering({ decisions: [] });
    await pass.authorize({ ...base, mvpd: 'Cable', resources: ['r'] });
    assert.equal(server.received[0]?.url, '/api/v2/DEMO/decisions/authorize/Cable');
  });

  for (const authorized of ['true', 1, null, undefined, {}]) {
    it(`never takes ${JSON.stringify(authorized)} for a permit`, async () => {
      const { pass } = await answering({ decisions: [{ resource: 'r', authorized }] });
      const asked = { ...base, mvpd: 'Cable', resources: ['r'] };
      assert.deepEqual(await pass.authorize(asked), []);
      assert.deepEqual(await pass.preauthorize(asked), []);
    });
  }

  for (const resources of [[], [' ']]) {
    it(`refuses ${JSON.stringify(resources)} before sending`, async () => {
      const { server, pass } = await answering({ decisions: [] });
      for (const operation of ['preauthorize', 'authorize'] as const) {
        await assert.rejects(pass[operation]({ ...base, mvpd: 'Cable', resources }), {
          name: 'AdobePassError',
          operation,
          code: 'invalid_parameter_resources',
        });
      }
      assert.equal(server.received.length, 0);
    });
  }
});

describe('logout', () => {
  afterEach(cleanUp);

  it('lists what is left to do for each profile [LO-02] [LO-03] [LO-04] [S2S-32]', async () => {
    const { server, pass } = await answering({
      logouts: {
        A: { actionName: 'logout', actionType: 'interactive', mvpd: 'other', url: '/bye?x=1' },
        B: { actionName: 'partner_logout', actionType: 'partner_interactive' },
      },
    });
    const redirectUrl = 'https://app.example';
    assert.deepEqual(await pass.logout({ ...base, mvpd: 'A', redirectUrl }), [
      { mvpd: 'A', actionName: 'logout', actionType: 'interactive', url: `${server.url}/bye?x=1` },
      { mvpd: 'B', actionName: 'partner_logout', actionType: 'partner_interactive' },
    ]);
  });
});
