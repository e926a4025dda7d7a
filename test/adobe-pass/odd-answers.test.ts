import assert from 'node:assert/strict';
import { answering, good, redirectUrl, viewer } from './one-answer.ts';
import { base, cleanUp, device } from './support.ts';

const oddities = [null, 7, '', 'text', true, [], {}, [[]]];

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
