import assert from 'node:assert/strict';
import type { AdobePassError } from '../../src/adobe-pass/index.ts';
import { answering, redirectUrl, viewer } from './one-answer.ts';
import { base, cleanUp, device } from './support.ts';

describe('an odd error', () => {
  afterEach(cleanUp);

  async function failure(status: number, body: unknown): Promise<AdobePassError> {
    const { pass } = await answering(body, { status });
    return pass.profiles(base).then(
      () => assert.fail('no error'),
      (error: unknown) => error as AdobePassError,
    );
  }

  for (const odd of [null, undefined, '', [], {}, true]) {
    it(`says what to do, though its code is ${JSON.stringify(odd)}`, async () => {
      const error = { code: odd, action: 'retry', message: odd, status: odd, details: 'd' };
      for (const body of [error, { error }]) {
        const { code, action, retryable, status, details } = await failure(403, body);
        assert.deepEqual([code, action, retryable, status], ['forbidden', 'retry', true, 403]);
        assert.equal(details, 'd');
      }
    });

    it(`says what happened, though its action is ${JSON.stringify(odd)}`, async () => {
      const { code, action } = await failure(403, { code: 'novel', action: odd, status: odd });
      assert.deepEqual([code, action], ['novel', 'none']);
    });

    it(`of a decision says what to do, though its code is ${JSON.stringify(odd)}`, async () => {
      const error = { code: odd, action: 'authentication', message: 'Sign in.', status: '403' };
      const { pass } = await answering({
        decisions: [{ resource: 'r', authorized: false, error }],
      });
      const [denial] = await pass.authorize({ ...viewer, resources: ['r'] });
      assert.deepEqual(denial?.error, {
        code: 'authorization_denied',
        action: 'authentication',
        status: 403,
        message: 'Sign in.',
      });
    });
  }

  for (const action of [null, undefined, '', 7]) {
    it(`with success and action ${JSON.stringify(action)} is no session and no profile`, async () => {
      const error = { status: 403, code: 'INVALIDCODE', action, message: 'No such session.' };
      for (const body of [error, { error }, { error: 'INVALIDCODE' }]) {
        const { pass } = await answering(body);
        await assert.rejects(pass.createSession(base), { code: 'INVALIDCODE' });
        await assert.rejects(pass.profiles(base), { code: 'INVALIDCODE' });
        await assert.rejects(pass.logout({ ...viewer, redirectUrl }), { code: 'INVALIDCODE' });
      }
    });
  }

  for (const besides of [{ message: 'm' }, { status: 400 }, { trace: 't' }, { details: 'd' }, {}]) {
    it(`is no session, with ${JSON.stringify(besides)} besides its code`, async () => {
      const { pass } = await answering({ code: 'internal_server_error', ...besides });
      const code = Object.keys(besides).length > 0 ? /^internal/ : /^invalid_response/;
      await assert.rejects(pass.createSession(base), { code });
    });
  }

  it('is kept in words where the server failed', async () => {
    const { code, action, retryable, trace, message } = await failure(503, {
      message: 'Down for an hour.',
      trace: 't-1',
    });
    assert.deepEqual([code, action, retryable, trace], ['server_error', 'retry', true, 't-1']);
    assert.match(message, /Down for an hour/);
  });

  it('of a decision may be its code alone', async () => {
    const { pass } = await answering({
      decisions: [{ resource: 'r', authorized: false, error: 'authorization_denied_by_mvpd' }],
    });
    const [denial] = await pass.authorize({ ...viewer, resources: ['r'] });
    assert.equal(denial?.error?.code, 'authorization_denied_by_mvpd');
  });

  for (const status of [200, 400, 401]) {
    it(`of a registration is read with status ${status} [EEC-01]`, async () => {
      const credentials = { clientId: 'c', clientSecret: 's' };
      for (const error of ['invalid_client', { code: 'invalid_client' }].slice(0, status / 200)) {
        const { pass } = await answering({ error, error_description: 'x' }, { status });
        await assert.rejects(pass.accessToken({ credentials, device }), {
          code: 'invalid_client',
          action: 'application-registration',
        });
      }
    });
  }
});
