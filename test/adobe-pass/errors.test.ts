import assert from 'node:assert/strict';
import { AdobePassError, isRetryable, needsNewAccessToken } from '../../src/adobe-pass/index.ts';
import type { AdobePassOptions, CallRecord } from '../../src/adobe-pass/index.ts';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';
import type { Reply } from './support.ts';
import { dcrCodes, v2Codes } from '../../src/error-codes/index.ts';

async function failure(
  reply: Reply | 'reset',
  options: Partial<AdobePassOptions> = {},
): Promise<AdobePassError> {
  const pass = clientOf(await recorder(() => reply), options);
  return caught(pass.profiles(base));
}

async function caught(call: Promise<unknown>): Promise<AdobePassError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof AdobePassError, String(error));
    return error;
  }
  return assert.fail('the call succeeded');
}

const enhanced = (fields: object) => ({
  status: 403,
  code: 'authenticated_profile_missing',
  action: 'authentication',
  message: 'Sign in first.',
  ...fields,
});

describe('errors', () => {
  afterEach(cleanUp);

  for (const { status, code, action } of v2Codes) {
    it(`maps ${code} alike at the top and in a decision [ERR-01] [ERR-02] [EEC-02]`, async () => {
      const error = enhanced({ status, code, action, message: 'm', trace: 't-1' });
      const top = await failure({ status, body: error });
      assert.equal(top.code, code);
      assert.equal(top.action, action);
      assert.equal(top.status, status);
      assert.equal(top.retryable, action === 'retry');
      assert.equal(top.trace, 't-1');
      const decision = { resource: 'r', source: 'mvpd', authorized: false, error };
      const pass = clientOf(await recorder(() => ({ body: { decisions: [decision] } })));
      const [item] = await pass.authorize({ ...base, mvpd: 'Cable', resources: ['r'] });
      assert.deepEqual(item?.error, error);
      assert.equal(item?.error && isRetryable(item.error), action === 'retry');
    });
  }

  for (const { places, code, action } of dcrCodes) {
    const operation = places[0];
    it(`maps ${code} of ${operation} [EEC-01]`, async () => {
      const pass = clientOf(await recorder(() => ({ status: 400, body: { error: code } })));
      const error = await caught(
        operation === 'register'
          ? pass.register({ softwareStatement: 's', device })
          : pass.accessToken({ credentials: { clientId: 'c', clientSecret: 's' }, device }),
      );
      assert.deepEqual(
        [error.operation, error.code, error.action, error.status, error.retryable],
        [operation, code, action, 400, false],
      );
    });
  }

  it('keeps the HTTP status and the status of the error apart [EEC-03]', async () => {
    const error = await failure({ status: 400, body: enhanced({ status: 412 }) });
    assert.equal(error.status, 400);
    assert.equal(error.errorStatus, 412);
  });

  it('reads an error object that is wrapped', async () => {
    const error = await failure({ status: 403, body: { error: enhanced({ details: 'd' }) } });
    assert.equal(error.code, 'authenticated_profile_missing');
    assert.equal(error.details, 'd');
  });

  it('reads an error object that comes with HTTP 200 [ERR-03]', async () => {
    const error = await failure({ status: 200, body: enhanced({}) });
    assert.equal(error.action, 'authentication');
    assert.equal(error.status, 200);
  });

  it('tolerates codes, actions and statuses it has never seen [EEC-06]', async () => {
    const body = enhanced({ code: 'novel_code', action: 'novel-action', status: 'x', message: {} });
    const error = await failure({ status: 410, body });
    assert.deepEqual(
      [error.code, error.action, error.errorStatus],
      ['novel_code', 'novel-action', 410],
    );
    assert.equal(error.retryable, false);
    const again = await failure({
      status: 403,
      body: enhanced({ code: 'novel', action: 'retry' }),
    });
    assert.equal(again.retryable, true);
  });

  it('asks for a new token after any 401 but the one for a new registration [REG-07]', async () => {
    const plain = await failure({ status: 401, body: '<html>no</html>' });
    assert.equal(plain.code, 'access_token_rejected');
    assert.equal(needsNewAccessToken(plain), true);
    const body = enhanced({ status: 401, action: 'application-registration', code: 'x' });
    assert.equal(needsNewAccessToken(await failure({ status: 401, body })), false);
  });

  const withoutObject: [number, string, boolean][] = [
    [400, 'bad_request', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [405, 'method_not_allowed', false],
    [418, 'http_418', false],
    [500, 'server_error', true],
    [503, 'server_error', true],
    [302, 'invalid_response', false],
  ];
  for (const [status, code, retryable] of withoutObject) {
    it(`maps a bare ${status} to ${code} [ERR-03] [ERR-04]`, async () => {
      const error = await failure({ status, body: '<html></html>' });
      assert.deepEqual([error.code, error.status, error.retryable], [code, status, retryable]);
    });
  }

  it('does not repeat a 500 whose action says otherwise', async () => {
    const body = enhanced({ status: 500, code: 'internal_server_error', action: 'none' });
    assert.equal((await failure({ status: 500, body })).retryable, false);
  });

  it('treats the HTML 429 as a wait of a second [THR-03] [THR-04]', async () => {
    const headers = { 'content-type': 'text/html' };
    const error = await failure({ status: 429, headers, body: '<html>Too Many</html>' });
    assert.deepEqual(
      [error.code, error.retryable, error.retryAfterMs, error.status],
      ['throttled', true, 1000, 429],
    );
    const told = await failure({ status: 429, headers: { 'retry-after': '3' }, body: '' });
    assert.equal(told.retryAfterMs, 3000);
  });

  const wishes: [retryAfter: string, ms: number, status?: number][] = [
    ['30', 30_000],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 1_000],
    ['86400', 600_000],
    ['soon', 1_000],
    ['Fri, 27 Nov 2026 10:01:30 GMT', 90_000],
    ['Fri, 27 Nov 2026 09:00:00 GMT', 1_000],
    ['120', 120_000, 503],
    ['Fri, 27 Nov 2026 10:01:30 GMT', 90_000, 500],
  ];
  for (const [retryAfter, ms, status = 429] of wishes) {
    it(`waits ${ms} ms for Retry-After: ${retryAfter} of a ${status} [THR-04]`, async () => {
      // Hours beside ours: a date counts by the clock of the server that gave it.
      const headers = { 'retry-after': retryAfter, date: 'Fri, 27 Nov 2026 10:00:00 GMT' };
      const pass = clientOf(await recorder(() => ({ status, headers, body: '<html></html>' })));
      await assert.rejects(pass.profiles(base), { retryable: true, retryAfterMs: ms });
    });
  }

  it('has no wait of its own after a 503 that asks for none', async () => {
    const pass = clientOf(await recorder(() => ({ status: 503, body: '' })));
    await assert.rejects(pass.profiles(base), (error: unknown) => {
      return (error as { retryAfterMs?: number }).retryAfterMs === undefined;
    });
  });

  it('calls a lost connection a network error', async () => {
    const error = await failure('reset');
    assert.deepEqual(
      [error.code, error.retryable, error.status],
      ['network_error', true, undefined],
    );
    assert.equal(error.details, 'ECONNRESET');
  });

  for (const body of ['{"profiles":', '[]', 'null', '7', '"profiles"', '']) {
    it(`calls ${JSON.stringify(body)} an invalid response`, async () => {
      const error = await failure({ body });
      assert.deepEqual(
        [error.code, error.retryable, error.status],
        ['invalid_response', false, 200],
      );
    });
  }

  it('refuses a body of more than a megabyte', async () => {
    const error = await failure({ body: { profiles: {}, padding: 'x'.repeat(2_000_000) } });
    assert.deepEqual([error.code, error.retryable], ['invalid_response', false]);
  });

  it('never holds what it was sent, not even in one item of many [AI-02]', async () => {
    const pass = clientOf(
      await recorder(({ headers }) => {
        const heard = ['authorization', 'ap-device-identifier', 'x-device-info', 'x-forwarded-for'];
        const message = heard.map((name) => headers[name]).join(' and ');
        const error = { code: 'odd', action: 'none', status: 403, message, details: message };
        return { body: { decisions: [{ resource: 'r', authorized: false, error }] } };
      }),
    );
    const [decision] = await pass.preauthorize({ ...base, mvpd: 'm', resources: ['r'] });
    assert.match(
      decision?.error?.message ?? '',
      /^Bearer \[redacted\] and fingerprint \[redacted\]/,
    );
    const told = JSON.stringify(decision);
    const { ip, identifier } = base.device;
    for (const sent of [base.accessToken, ip, identifier]) assert.ok(!told.includes(sent), told);
    assert.ok(!told.includes(Buffer.from('{"model').toString('base64').slice(0, 8)), told);
  });

  it('never holds what was secret in the request [AI-02]', async () => {
    const secrets = {
      statement: 'header.statement.signature',
      secret: 'client-secret-of-demo',
      token: base.accessToken,
    };
    const echo = enhanced({ message: Object.values(secrets).join(' '), details: secrets.secret });
    for (const reply of [{ status: 403, body: echo }, { body: echo }, 'reset'] as const) {
      const pass = clientOf(await recorder(() => reply));
      const credentials = { clientId: 'c', clientSecret: secrets.secret };
      const errors = [
        [
          secrets.statement,
          await caught(pass.register({ softwareStatement: secrets.statement, device })),
        ],
        [secrets.secret, await caught(pass.accessToken({ credentials, device }))],
        [
          secrets.token,
          await caught(
            pass.logout({ ...base, mvpd: 'm', redirectUrl: 'https://a.example/?q=hidden' }),
          ),
        ],
      ] as const;
      for (const [secret, error] of errors) {
        const all = `${JSON.stringify(error, Object.getOwnPropertyNames(error))} ${error.message} ${error.stack} ${String(error.cause)}`;
        assert.ok(!all.includes(secret), all);
        assert.ok(!all.includes('hidden'), all);
        assert.equal(error.cause, undefined);
      }
    }
  });

  it('reports every call with status, code and trace [EEC-07]', async () => {
    const records: CallRecord[] = [];
    const call = { onCall: (record: CallRecord) => void records.push(record) };
    const server = await recorder((_, count) =>
      count === 1
        ? { status: 403, body: enhanced({ trace: 'trace-9' }) }
        : { body: { profiles: {} } },
    );
    const pass = clientOf(server);
    await caught(pass.profiles(base, call));
    await pass.profiles(base, call);
    const [bad, good] = records;
    assert.equal(records.length, 2);
    assert.deepEqual(
      [bad?.operation, bad?.status, bad?.code, bad?.trace],
      ['profiles', 403, 'authenticated_profile_missing', 'trace-9'],
    );
    assert.equal(good?.status, 200);
    assert.ok(good && !('code' in good) && good.ms >= 0 && Date.now() - good.at < 5000);
  });
});
