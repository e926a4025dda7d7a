import assert from 'node:assert/strict';
import { cleanUp, dayMs, hourMs, minuteMs, refusal, stage } from './support.ts';

const gateway = { kind: 'status', operation: '*' } as const;

describe('asking IMS', () => {
  afterEach(cleanUp);

  it('complaint: expires_in is milliseconds at the JWT exchange, seconds at OAuth', async () => {
    const { sandbox, tokens, clock } = await stage();
    const start = clock.now();
    const jwt = await tokens(sandbox.serviceCredentials()).accessToken();
    const oauth = await tokens(sandbox.oauthCredentials()).accessToken();
    const console = await tokens(sandbox.developerConsoleCredentials()).accessToken();
    assert.equal(jwt.expiresAt - start, 86_399_999);
    assert.equal(oauth.expiresAt - start, 86_399_000);
    assert.equal(console.expiresAt - start, 86_399_000);
    assert.deepEqual(
      sandbox.requests.map(({ path }) => path),
      ['/ims/exchange/jwt', '/ims/token/v3', '/ims/token/v3'],
    );
  });

  it('complaint: expires_in: the endpoint alone decides, where the token tells nothing', async () => {
    const { sandbox, tokens, clock } = await stage();
    const files = [
      [sandbox.serviceCredentials(), 3_600_000],
      [sandbox.oauthCredentials(), 3600],
    ] as const;
    for (const [file, expiresIn] of files) {
      const body = JSON.stringify({ access_token: 'opaque', expires_in: expiresIn });
      sandbox.faults.set({ ...gateway, status: 200, body });
      assert.equal((await tokens(file).accessToken()).expiresAt - clock.now(), hourMs);
    }
  });

  it('sends the fields of the reference, scopes with commas, and x-api-key for shape C', async () => {
    const { sandbox, tokens } = await stage();
    const scopes = ['openid', 'AdobeID', 'read_pc.dma_aem_ams'];
    const file = sandbox.oauthCredentials({ scopes });
    const token = await tokens(file).accessToken();
    assert.deepEqual(sandbox.requests[0]?.form, [
      ['grant_type', 'client_credentials'],
      ['client_id', file.technicalAccount.clientId],
      ['client_secret', file.technicalAccount.clientSecret],
      ['scope', 'openid,AdobeID,read_pc.dma_aem_ams'],
    ]);
    assert.deepEqual(token.headers(), { authorization: `Bearer ${token.reveal()}` });
    const adc = sandbox.developerConsoleCredentials();
    const other = await tokens(adc).accessToken();
    assert.equal(other.headers()['x-api-key'], adc.client_id);
    await tokens(sandbox.serviceCredentials()).accessToken();
    const fields = sandbox.requests.at(-1)?.form.map(([name]) => name);
    assert.deepEqual(fields, ['client_id', 'client_secret', 'jwt_token']);
    assert.equal(sandbox.requests[0]?.headers['content-type'], 'application/x-www-form-urlencoded');
  });

  it('uses the earlier of the two ends, and never one beyond a day', async () => {
    const { sandbox, tokens, clock } = await stage();
    const answer = (accessToken: string, expiresIn: number) =>
      sandbox.faults.set({
        ...gateway,
        status: 200,
        body: JSON.stringify({ access_token: accessToken, expires_in: expiresIn }),
      });
    const claims = { created_at: String(clock.now()), expires_in: String(hourMs) };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const lifeOf = async () => {
      const token = await tokens(sandbox.oauthCredentials()).accessToken();
      return token.expiresAt - clock.now();
    };
    answer(`e30.${payload}.x`, 7200);
    assert.equal(await lifeOf(), hourMs);
    answer('opaque', 86_399_999);
    assert.equal(await lifeOf(), dayMs);
  });

  const documented = [
    ['an unknown client', 400, 'invalid_client', /download the credentials again/],
    ['a wrong secret', 401, 'invalid_client', /secret do not belong together/],
    ['a client that may not ask', 401, 'invalid_client', /may not ask/],
    ['a metascope that is not bound', 400, 'invalid_scope', /ent_other.*not all are bound/],
    ['a revoked certificate', 400, 'invalid_token', /no certificate that is bound/],
  ] as const;
  for (const [name, status, code, hint] of documented) {
    it(`complaint: hidden IMS errors: ${name} is told as ${status} ${code}, once`, async () => {
      const { sandbox, tokens, calls } = await stage();
      const file = sandbox.serviceCredentials();
      const { technicalAccount } = file.integration;
      const { clientId } = technicalAccount;
      if (name === 'an unknown client') technicalAccount.clientId = 'cm-unknown';
      if (name === 'a wrong secret') technicalAccount.clientSecret = 's8e-wrong';
      if (name === 'a client that may not ask') sandbox.forbid(clientId);
      if (name === 'a revoked certificate') sandbox.revokeCertificate(clientId);
      if (name.startsWith('a metascope'))
        file.integration.metascopes = 'ent_aem_cloud_api,ent_other';
      const error = await refusal(tokens(file).accessToken());
      assert.deepEqual([error.status, error.code], [status, code]);
      assert.match(error.hint, hint);
      assert.equal(error.retryable, false);
      assert.equal(error.hop, `ims ${sandbox.host}`);
      assert.ok(error.description, "IMS's own words are kept");
      assert.match(error.trace ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(calls(), 1);
    });
  }

  const ofOAuth = [
    ['a wrong secret', 401, 'invalid_client', /secret do not belong together/],
    ['a scope that is not bound', 400, 'invalid_scope', /scopes openid, other: not all belong/],
    ['a client without this flow', 400, 'unauthorized_client', /may not use this flow/],
  ] as const;
  for (const [name, status, code, hint] of ofOAuth) {
    it(`complaint: hidden IMS errors: OAuth: ${name} is told as ${status} ${code}, once`, async () => {
      const { sandbox, tokens, calls } = await stage();
      const file = sandbox.oauthCredentials();
      if (name === 'a wrong secret') file.technicalAccount.clientSecret = 's8e-wrong';
      if (name.startsWith('a scope')) file.scopes = ['openid', 'other'];
      if (name.startsWith('a client')) sandbox.forbid(file.technicalAccount.clientId);
      const error = await refusal(tokens(file).accessToken());
      assert.deepEqual([error.status, error.code, error.retryable], [status, code, false]);
      assert.match(error.hint, hint);
      assert.ok(error.description, "IMS's own words are kept");
      assert.equal(calls(), 1);
    });
  }

  it('complaint: hidden IMS errors: a form that a proxy mangled is told as that, once', async () => {
    const { sandbox, tokens, calls } = await stage();
    const body = JSON.stringify({ error: 'bad_request', error_description: 'no client_id' });
    sandbox.faults.set({ ...gateway, status: 400, body });
    const error = await refusal(tokens(sandbox.serviceCredentials()).accessToken());
    assert.deepEqual([error.code, error.retryable, calls()], ['bad_request', false, 1]);
    assert.match(error.hint, /could not read the form/);
  });

  it('complaint: opaque signature errors tell the clock, the certificate or the key', async () => {
    const { sandbox, tokens, clock } = await stage({ sandbox: { now: () => Date.now() } });
    const file = sandbox.serviceCredentials();
    clock.at = Date.now() - 10 * minuteMs;
    const slow = await refusal(tokens(file).accessToken());
    assert.equal(slow.code, 'invalid_token');
    assert.match(slow.hint, /clock of this host is (59|60)\d s behind that of IMS/);
    assert.ok(Math.abs((slow.clockSkewMs ?? 0) + 10 * minuteMs) < 5000);
    const body = JSON.stringify({ error: 'invalid_token', error_description: 'bad JWT' });
    const headers = { date: new Date(clock.now() - 90_000).toUTCString() };
    sandbox.faults.set({ ...gateway, status: 400, body, headers });
    const fast = await refusal(tokens(sandbox.serviceCredentials()).accessToken());
    assert.match(fast.hint, /clock of this host is (90|91) s ahead of that of IMS/);
    clock.at = Date.now();
    const ended = sandbox.serviceCredentials({ certificateEndsAt: Date.now() - dayMs });
    assert.match((await refusal(tokens(ended).accessToken())).hint, /the certificate ended on 20/);
  });

  it('complaint: opaque signature errors: the documented code means the same', async () => {
    const { sandbox, tokens } = await stage({ sandbox: { signatureError: 'invalid_signature' } });
    const file = sandbox.serviceCredentials();
    sandbox.revokeCertificate(file.integration.technicalAccount.clientId);
    const error = await refusal(tokens(file).accessToken());
    assert.equal(error.code, 'invalid_signature');
    assert.match(error.hint, /no certificate that is bound/);
  });

  it('a 200 without a token is an error, by its own code where it has one', async () => {
    const { sandbox, tokens } = await stage({ ims: { tries: 1 } });
    const file = sandbox.oauthCredentials();
    const refused = JSON.stringify({ error: 'invalid_scope', error_description: 'no' });
    sandbox.faults.set({ ...gateway, status: 200, body: refused });
    const error = await refusal(tokens(file).accessToken());
    assert.deepEqual([error.code, error.status, error.retryable], ['invalid_scope', 200, false]);
    sandbox.faults.set({ ...gateway, status: 200, body: '{"expires_in":86399}' });
    const empty = await refusal(tokens(sandbox.oauthCredentials()).accessToken());
    assert.deepEqual([empty.code, empty.retryable], ['invalid_response', true]);
  });

  it('a page of HTML, a redirect or a gateway error names what stands before IMS', async () => {
    const { sandbox, tokens } = await stage({ ims: { tries: 1 } });
    const ask = async () => refusal(tokens(sandbox.oauthCredentials()).accessToken());
    const at = `gateway before ${sandbox.host}`;
    sandbox.faults.set({ ...gateway, status: 502 });
    const down = await ask();
    assert.deepEqual([down.code, down.hop, down.retryable], ['server_error', at, true]);
    sandbox.faults.set({ ...gateway, status: 200 });
    const page = await ask();
    assert.deepEqual([page.code, page.hop, page.retryable], ['invalid_response', at, true]);
    sandbox.faults.set({ ...gateway, status: 302, headers: { location: 'https://login.test/' } });
    const moved = await ask();
    assert.deepEqual([moved.code, moved.hop, moved.retryable], ['unexpected_redirect', at, false]);
    sandbox.faults.set({ ...gateway, status: 403 });
    const forbidden = await ask();
    assert.deepEqual([forbidden.code, forbidden.retryable], ['http_403', false]);
  });

  it('a secret goes to the host that was asked alone, whatever it answers', async () => {
    const { sandbox, tokens } = await stage({ ims: { tries: 1 } });
    const other = await stage();
    for (const location of [other.sandbox.url, `//${other.sandbox.host}/ims/token/v3`]) {
      for (const status of [302, 307, 308]) {
        sandbox.faults.set({ ...gateway, status, headers: { location } });
        const { code } = await refusal(tokens(sandbox.oauthCredentials()).accessToken());
        assert.equal(code, 'unexpected_redirect');
      }
    }
    assert.equal(other.calls(), 0);
  });

  it('IMS confirms a token on request, and tells one that it does not know', async () => {
    const { sandbox, tokens } = await stage();
    const source = tokens(sandbox.serviceCredentials());
    assert.deepEqual(await source.validate(), { valid: true });
    sandbox.endTokens();
    assert.deepEqual(await source.validate(), { valid: false, reason: 'expired' });
    assert.equal(await tokens({ username: 'admin', password: 'admin' }).validate(), undefined);
  });

  it('Basic and none need no IMS', async () => {
    const { ims, calls } = await stage();
    const basic = ims.tokens({ from: 'basic', username: 'admin', password: 'admin' });
    const { authorization } = (await basic.accessToken()).headers();
    assert.equal(authorization, 'Basic YWRtaW46YWRtaW4=');
    const none = await ims.tokens({ from: 'none' }).accessToken();
    assert.deepEqual([none.headers(), none.reveal()], [{}, '']);
    assert.equal(calls(), 0);
  });
});
