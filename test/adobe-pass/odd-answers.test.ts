import assert from 'node:assert/strict';
import type { AdobePassError, CallRecord } from '../../src/adobe-pass/index.ts';
import { base, cleanUp, clientOf, device, recorder } from './support.ts';
import type { Reply } from './support.ts';

const viewer = { ...base, mvpd: 'Cable' };
const redirectUrl = 'https://app.example/done';
const oddities = [null, 7, '', 'text', true, [], {}, [[]]];

/** A client of a server that always gives the same answer, and what operators hear of it. */
async function answering(body: unknown, reply: Reply = {}) {
  const pass = clientOf(await recorder(() => ({ body, ...reply })));
  const notes: (string | undefined)[] = [];
  const call = { onCall: ({ note }: CallRecord) => void notes.push(note) };
  return { pass, call, notes };
}

const good = () => ({
  type: 'regular',
  issuer: 'Cable',
  notBefore: Date.now() - 1000,
  notAfter: Date.now() + 3_600_000,
  attributes: { userID: { value: 'u', state: 'plain' } },
});

describe('one odd entry among good ones', () => {
  afterEach(cleanUp);

  for (const odd of oddities) {
    const name = JSON.stringify(odd);

    it(`a profile that is ${name} costs no other`, async () => {
      const { pass, call, notes } = await answering({ profiles: { Odd: odd, Cable: good() } });
      const found = await pass.profiles(base, call);
      assert.deepEqual(
        found.map(({ mvpd }) => mvpd),
        ['Cable'],
      );
      assert.equal((await pass.profileByMvpd(viewer, call))?.mvpd, 'Cable');
      assert.equal(
        (await pass.profilesByCode({ ...base, code: 'ABC123' }, call))[0]?.mvpd,
        'Cable',
      );
      assert.deepEqual(notes, Array(3).fill("profiles.Odd can't be read"));
    });

    it(`attributes that are ${name}, and one that is, cost neither profile nor others`, async () => {
      const attributes = { ...good().attributes, odd };
      const { pass } = await answering({ profiles: { Cable: { ...good(), attributes } } });
      const [profile] = await pass.profiles(base);
      assert.deepEqual(profile?.attributes['userID'], { value: 'u', state: 'plain' });
      const { pass: other } = await answering({
        profiles: { Cable: { ...good(), attributes: odd } },
      });
      assert.equal((await other.profiles(base))[0]?.mvpd, 'Cable');
    });

    it(`a profile whose type and issuer are ${name} is one`, async () => {
      const { pass } = await answering({
        profiles: { Cable: { ...good(), type: odd, issuer: odd } },
      });
      assert.equal((await pass.profiles(base)).length, 1);
    });

    it(`a decision that is ${name} costs no other`, async () => {
      const { pass, call, notes } = await answering({
        decisions: [odd, { resource: 'r', authorized: true, source: odd, error: odd }],
      });
      const decisions = await pass.preauthorize({ ...viewer, resources: ['q', 'r'] }, call);
      assert.deepEqual(
        decisions.map(({ resource, authorized }) => [resource, authorized]),
        [['r', true]],
      );
      assert.deepEqual(notes, ["decisions.0 can't be read"]);
    });

    it(`a denial stays one, whatever its error: ${name}`, async () => {
      const { pass } = await answering({
        decisions: [{ resource: 'r', authorized: false, error: odd, token: odd }],
      });
      const asked = { ...viewer, resources: ['r'] };
      for (const [denial] of [await pass.authorize(asked), await pass.preauthorize(asked)]) {
        assert.equal(denial?.authorized, false);
        assert.equal(denial.error?.action, 'none');
        assert.match(
          denial.error.code,
          odd === 'text' || odd === 7 ? /./ : /authorization_denied$/,
        );
      }
    });

    it(`an entry of a logout that is ${name} costs no other`, async () => {
      const { pass, call, notes } = await answering({
        logouts: { Odd: odd, Cable: { actionName: 'complete', actionType: odd } },
      });
      const actions = await pass.logout({ ...viewer, redirectUrl }, call);
      assert.deepEqual(
        actions.map(({ mvpd, actionName }) => [mvpd, actionName]),
        [['Cable', 'complete']],
      );
      assert.deepEqual(notes, ["logouts.Odd can't be read"]);
    });

    it(`a provider that is ${name} costs no other`, async () => {
      const { pass, call, notes } = await answering({
        requestor: { id: odd, name: odd, domains: odd, mvpds: [odd, { id: 'A', logoUrl: odd }] },
      });
      const { mvpds } = await pass.configuration(base, call);
      assert.deepEqual(
        mvpds.map(({ id }) => id),
        ['A'],
      );
      assert.match(notes[0] ?? '', /mvpds\.0 can't be read/);
    });

    it(`a session is one though all but its code is ${name}`, async () => {
      const { pass } = await answering({
        actionName: 'authenticate',
        code: 'ABC123',
        reasonType: odd,
        mvpd: odd,
        sessionId: odd,
        missingParameters: [odd],
        url: odd,
      });
      const { code, action, notAfter } = await pass.createSession(base);
      assert.deepEqual([code, action], ['ABC123', 'authenticate']);
      assert.ok(notAfter);
    });

    it(`what is known of a session is read though the rest is ${name}`, async () => {
      const { pass } = await answering({
        existingParameters: { mvpd: 'Cable', odd },
        missingParameters: odd,
        device: { model: 'Box', hardware: odd, operatingSystem: odd, connection: odd },
      });
      const info = await pass.retrieveSession({ ...base, code: 'ABC123' });
      assert.equal(info.existingParameters['mvpd'], 'Cable');
      assert.equal(info.device?.model, 'Box');
    });

    it(`a token is one though its times are ${name}`, async () => {
      const { pass } = await answering({ access_token: 't', expires_in: odd, created_at: odd });
      const credentials = { clientId: 'c', clientSecret: 's' };
      const { value, expiresAt } = await pass.accessToken({ credentials, device });
      assert.equal(value, 't');
      assert.ok(expiresAt > Date.now() && expiresAt < Date.now() + 7 * 3_600_000);
    });
  }

  it('a provider echoed in another case is the one that was asked for', async () => {
    const { pass } = await answering({ profiles: { 'CABLE ': good() } });
    assert.equal((await pass.profileByMvpd(viewer))?.mvpd, 'Cable');
    const { pass: both } = await answering({ profiles: { CABLE: {}, Cable: good() } });
    assert.equal((await both.profileByMvpd(viewer))?.mvpd, 'Cable');
    const { pass: other } = await answering({ profiles: { Other: good() } });
    assert.equal(await other.profileByMvpd(viewer), undefined);
  });

  it('a session without the name of an action has a code, or is none', async () => {
    const { pass } = await answering({ code: 4_711, missingParameters: ['mvpd'] });
    const session = await pass.createSession(base);
    assert.deepEqual([session.code, session.action], ['4711', 'resume']);
    const { pass: none } = await answering({ actionName: null, code: null });
    await assert.rejects(none.createSession(base), {
      code: 'invalid_response',
      details: 'unexpected shape at actionName',
    });
  });

  it('a flag may be a text', async () => {
    const { pass } = await answering({
      requestor: { mvpds: [{ id: 'Trial', isTempPass: 'true', isProxy: 'false' }] },
    });
    const { serviceProvider, mvpds } = await pass.configuration(base);
    assert.equal(serviceProvider.id, 'DEMO');
    assert.deepEqual(
      mvpds.map(({ isTempPass, isProxy }) => [isTempPass, isProxy]),
      [[true, false]],
    );
  });

  it('tells operators of some, and counts the rest', async () => {
    const { pass, call, notes } = await answering({ requestor: { mvpds: [1, 2, 3, 4, 5] } });
    await pass.configuration(base, call);
    const read = (index: number) => `mvpds.${index} can't be read`;
    assert.deepEqual(notes, [[read(0), read(1), read(2), '2 more'].join(', ')]);
  });

  it('tells nothing where all could be read', async () => {
    const { pass, call, notes } = await answering({ profiles: { Cable: good() } });
    await pass.profiles(base, call);
    assert.deepEqual(notes, [undefined]);
  });
});

describe('a good part beside an odd one', () => {
  afterEach(cleanUp);

  const enhanced = { code: 'odd', action: 'authentication', status: 403, message: 'm' };
  for (const error of [{ ...enhanced }, { error: enhanced }]) {
    it(`is read: ${Object.keys(error)[0]}`, async () => {
      const { pass } = await answering({ ...error, profiles: { Cable: good() } });
      assert.equal((await pass.profiles(base)).length, 1);
      const { pass: empty } = await answering({ ...error, profiles: {} });
      await assert.rejects(empty.profiles(base), { code: 'odd', action: 'authentication' });
    });
  }

  it('is read after a byte-order mark', async () => {
    const { pass } = await answering(`\uFEFF${JSON.stringify({ profiles: { Cable: good() } })}`);
    assert.equal((await pass.profiles(base)).length, 1);
  });

  for (const body of [{}, { profiles: null }, { profiles: [] }, { profiles: 'x' }]) {
    it(`nobody is signed in by ${JSON.stringify(body)}`, async () => {
      const { pass, call, notes } = await answering(body);
      assert.deepEqual(await pass.profiles(base, call), []);
      assert.deepEqual(notes, ['profiles is no object']);
    });
  }
});

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

describe('a logout', () => {
  afterEach(cleanUp);

  const input = { ...viewer, redirectUrl };

  for (const body of ['', '{}', 'null', '[]', '<html>Good bye</html>', '{"logouts":null}']) {
    it(`is done, with nothing left to do, by ${JSON.stringify(body)}`, async () => {
      for (const status of [200, 202]) {
        const { pass, call, notes } = await answering(body, { status });
        assert.deepEqual(await pass.logout(input, call), []);
        assert.equal(typeof notes[0], 'string');
      }
    });
  }

  it('is done by 204', async () => {
    const { pass } = await answering('', { status: 204 });
    assert.deepEqual(await pass.logout(input), []);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`is done by a ${status}, whose address is for the viewer's browser`, async () => {
      const location = '/adobe-services/logout?x=1';
      const { pass } = await answering('', { status, headers: { location } });
      const [action] = await pass.logout(input);
      assert.deepEqual([action?.mvpd, action?.actionName], ['Cable', 'logout']);
      assert.match(action?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/adobe-services\/logout\?x=1$/);
    });
  }

  for (const location of [undefined, 'javascript:alert(1)', 'http://']) {
    it(`is done by a redirect to ${location}, which nobody follows`, async () => {
      const headers = location === undefined ? {} : { location };
      const { pass } = await answering('', { status: 302, headers });
      assert.deepEqual(await pass.logout(input), []);
    });
  }

  for (const [status, action] of [
    [400, 'none'],
    [403, 'authentication'],
  ] as const) {
    it(`fails with Adobe's word for a ${status}`, async () => {
      const error = { code: 'invalid_integration', action, status, message: 'm' };
      const { pass } = await answering(error, { status });
      await assert.rejects(pass.logout(input), { code: 'invalid_integration', action, status });
    });
  }
});
