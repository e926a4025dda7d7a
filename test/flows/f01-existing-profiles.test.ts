import assert from 'node:assert/strict';
import { type Fault, signInAsViewer } from '../../src/sandbox/index.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { answersOf, asPending, newTv, showCode, signIn } from '../workflows/support.ts';

const NORTH = { id: 'NorthCable' };

describe('F1 App start and existing profiles', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer, answerBody } = answersOf(() => stack);

  const profile = (hours: number) => ({
    notBefore: Date.now() - 1_000,
    notAfter: Date.now() + hours * 3_600_000,
    issuer: 'x',
    type: 'regular',
    attributes: {},
  });

  it('looks at all profiles where no provider is remembered, and shows a code where there is none', async () => {
    const { tv, operations } = newTv(stack);
    asPending(await tv.authenticate());
    assert.deepEqual(operations().slice(0, 4), ['register', 'token', 'profiles', 'createSession']);
  });

  it('is signed in by the profile that there is, with no session', async () => {
    const device = newTv(stack);
    answerBody(device, 'profiles', { profiles: { NorthCable: profile(1) } });
    const standing = await device.tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
    assert.equal(device.sent('createSession').length, 0);
  });

  it('takes the profile that holds longest of several [ATN-16]', async () => {
    const device = newTv(stack);
    const profiles = { NorthCable: profile(1), SkyDish: profile(9) };
    answerBody(device, 'profiles', { profiles });
    const standing = await device.tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === 'SkyDish');
  });

  it('finds a profile that exists already, by the remembered provider, with no session [S2S-21] [ATN-08] [CFG-02] [CFG-04]', async () => {
    const { tv, sent } = newTv(stack);
    const { url } = await showCode(tv);
    await signInAsViewer(url);
    await tv.abandon(); // the viewer finished, though nobody waited any more
    const standing = await tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === 'NorthCable');
    assert.equal(sent('createSession').length, 1);
    assert.equal(sent('profileByMvpd').length, 2);
    // By whatever address: second screens fetch lists with their own.
    assert.ok(!stack.sandbox.requests.some(({ operation }) => operation === 'configuration'));
    assert.ok('userID' in standing.profile.attributes);
  });

  it('finds the profile of before again, after another provider was tried in vain', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv);
    await showCode(tv, { mvpd: { id: 'SkyDish' } });
    const left = await tv.abandon();
    assert.ok(left.status === 'signed-out' && left.mvpd?.id === 'NorthCable');
    const standing = await tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === 'NorthCable');
    assert.equal(operations().at(-1), 'profileByMvpd');
  });

  it('has a remembered provider only confirmed where its profile is gone [ATN-09] [CFG-04]', async () => {
    const { tv, operations } = newTv(stack);
    await signIn(tv);
    await tv.logout();
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-out' && standing.mvpd);
    const before = operations().length;
    assert.ok((await showCode(tv, { mvpd: standing.mvpd })).url);
    assert.deepEqual(operations().slice(before, before + 2), ['profileByMvpd', 'createSession']);
    assert.ok(!operations().includes('configuration'));
  });

  describe('past a provider that is only remembered', () => {
    const refusals: [what: string, fault: Partial<Fault> & Pick<Fault, 'kind'>][] = [
      ['is not known any more', { kind: 'error', code: 'invalid_parameter_mvpd' }],
      ['has no integration any more', { kind: 'error', code: 'invalid_integration' }],
      ['is not found', { kind: 'status', status: 404 }],
      ['is set up wrongly', { kind: 'error', code: 'invalid_configuration_temporary_access' }],
      ['is forbidden', { kind: 'body', status: 403, body: '{"code":"no_way","action":"none"}' }],
      ['is a trial used up', { kind: 'error', code: 'temporary_access_duration_limit_exceeded' }],
      ['answers what nobody can read', { kind: 'body', body: 'oops' }],
    ];
    for (const [what, fault] of refusals) {
      it(`which ${what}: it is forgotten, and there is a code [S2S-21] [ATN-09]`, async () => {
        const device = newTv(stack);
        const { tv, sent } = device;
        await signIn(tv);
        await tv.logout();
        answer(device, 'profileByMvpd', fault);
        asPending(await tv.authenticate());
        const left = await tv.abandon();
        assert.ok(left.status === 'signed-out' && left.mvpd === undefined);
        assert.equal(sent('profileByMvpd').length, 2, 'asked once more, not again and again');
        asPending(await tv.authenticate());
        assert.equal(sent('profileByMvpd').length, 2);
      });
    }

    for (const fault of [{ kind: 'status', status: 500 }, { kind: 'hang' }] as const) {
      it(`which has no answer now (${fault.kind}): there is a code, it stays remembered`, async () => {
        const device = newTv(stack);
        const { tv } = device;
        await signIn(tv);
        await tv.logout();
        answer(device, 'profileByMvpd', fault);
        asPending(await tv.authenticate());
        const left = await tv.abandon();
        assert.ok(left.status === 'signed-out' && left.mvpd?.id === NORTH.id);
      });
    }
  });

  it('past a look at all profiles that nobody can read', async () => {
    const device = newTv(stack);
    answer(device, 'profiles', { kind: 'body', body: '{"profiles":[]}' });
    asPending(await device.tv.authenticate());
    assert.equal((await device.tv.view()).lastError?.code, 'odd_answer');
  });
});
