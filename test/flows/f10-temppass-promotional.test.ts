import assert from 'node:assert/strict';
import { hashOfIdentity } from '../../src/client/temppass-identity.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { answersOf, errorOf, newTv, signIn, type Tv } from '../workflows/support.ts';
import { asAccess, reasonOf, UNTHROTTLED } from './support.ts';

const PREVIEW = { id: 'TempPass_Preview' };
const TITLES = { id: 'TempPass_Titles' };
const NORTH = { id: 'NorthCable' };
const IDENTITY = 'Viewer@Example.com';
const NO_TITLES = 'temporary_access_resources_limit_exceeded';
const NO_TIME = 'temporary_access_duration_limit_exceeded';
const NO_IDENTITY = 'invalid_header_identity_for_temporary_access';

describe('F10 TempPass promotional', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({
      sandbox: { throttle: false, tempPassTitles: 2 },
      adobePass: UNTHROTTLED,
    });
    const demo = stack.apps.get('demo');
    assert.ok(demo);
    stack.apps.set('trials', { ...demo, tempPass: [TITLES.id, PREVIEW.id] });
    stack.apps.set('titles', { ...demo, tempPass: [TITLES.id] });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());
  const { answer, denies } = answersOf(() => stack);
  const identities = ({ sent }: Tv) =>
    sent('profileByMvpd', 'authorize').map(({ headers }) => headers['ap-temppass-identity']);

  it('sends the hash of the identity where it is listed, counts, and ends with the last [TMP-02] [TMP-03]', async () => {
    const { tv, sent, options } = newTv(stack);
    const asked = { mvpd: TITLES, tempPassIdentity: IDENTITY };
    const offered = asAccess(await tv.authenticate(asked)).profile;
    assert.deepEqual(offered.trial, { hasBegun: false, titlesLeft: 2 });
    const left = async () => {
      const { standing } = await tv.view();
      return standing.status === 'signed-in' ? standing.profile.titlesLeft : reasonOf(standing);
    };
    for (const [title, after] of [
      ['one', 1],
      ['one', 1],
      ['two', 0],
    ] as const) {
      assert.equal((await tv.authorize(title)).status, 'permitted');
      assert.equal(await left(), after, title);
    }
    const { lastError, calls } = await tv.view();
    assert.equal(lastError, undefined, 'that no title is left is no error');
    assert.equal(calls.at(-1)?.code, NO_TITLES);
    await tv.preauthorize(['three']);
    const play = await tv.authorize('three');
    assert.ok(play.status === 'denied' && play.code === NO_TITLES);
    assert.equal(await left(), 'trial-ended');
    const error = await errorOf(tv.authenticate(asked));
    assert.deepEqual([error.code, error.action], [NO_TITLES, 'none']);

    const carries = stack.sandbox.requests.filter(
      ({ ip, headers }) => ip === options.ip && 'ap-temppass-identity' in headers,
    );
    const operations = new Set(carries.map(({ operation }) => operation));
    assert.deepEqual([...operations].sort(), ['authorize', 'profileByMvpd']);
    const value = Buffer.from(JSON.stringify({ email: hashOfIdentity(IDENTITY) }));
    for (const { headers } of carries) {
      assert.equal(headers['ap-temppass-identity'], value.toString('base64'));
    }
    const before = carries.length;
    await signIn(tv);
    assert.equal((await tv.authorize('news')).status, 'permitted');
    const since = sent('authorize', 'profileByMvpd', 'profileByCode').filter(
      ({ headers }) => 'ap-temppass-identity' in headers,
    );
    assert.equal(since.length, before, 'none about another provider');
  });

  it('without an identity has one answer that says so, and begins with it', async () => {
    const { tv } = newTv(stack);
    const error = await errorOf(tv.authenticate({ mvpd: TITLES }));
    assert.deepEqual([error.code, error.action, error.status], [NO_IDENTITY, 'none', 400]);
    asAccess(await tv.authenticate({ mvpd: TITLES, tempPassIdentity: 'another@example.com' }));
    assert.equal((await tv.authorize('news')).status, 'permitted');
  });

  it('has no say in a sign-in that is none: who is signed in stays so', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const before = asAccess(await tv.authenticate({ mvpd: NORTH }));
    const heard = () => sent('profiles', 'profileByMvpd', 'createSession').length;
    const asked = heard();
    const again = await tv.authenticate({ mvpd: NORTH, tempPassIdentity: IDENTITY });
    assert.deepEqual(asAccess(again), before);
    assert.equal(heard(), asked, 'Adobe is not asked');
  });

  it('has begun still when its viewer says who they are', async () => {
    const { tv } = newTv(stack);
    asAccess(await tv.authenticate({ mvpd: PREVIEW }));
    assert.equal((await tv.authorize('news')).status, 'permitted');
    const told = await tv.authenticate({ mvpd: PREVIEW, tempPassIdentity: IDENTITY });
    assert.equal(asAccess(told).profile.trial?.hasBegun, true);
  });

  it('needs a provider with the identity, which no message repeats', async () => {
    const { tv } = newTv(stack);
    const error = await errorOf(tv.authenticate({ tempPassIdentity: IDENTITY }));
    assert.equal(error.code, 'invalid_request');
    assert.ok(!error.message.includes(IDENTITY));
  });

  it('that is set up wrongly has one answer, and leaves the others as they are', async () => {
    const device = newTv(stack);
    const { tv } = device;
    const code = 'invalid_configuration_temporary_access';
    answer(device, 'profileByMvpd', { kind: 'error', code });
    const error = await errorOf(tv.authenticate({ mvpd: TITLES, tempPassIdentity: IDENTITY }));
    assert.deepEqual([error.code, error.action], [code, 'configuration']);
    stack.sandbox.faults.clear();
    asAccess(await tv.authenticate({ mvpd: PREVIEW }));
    denies(device, 'authorize', { code, action: 'configuration', status: 500, message: '' });
    const play = await tv.authorize('channel-0');
    assert.ok(play.status === 'denied' && play.code === code);
    stack.sandbox.faults.clear();
    assert.equal((await tv.authorize('news')).status, 'permitted');
  });

  it('comes first or last of several trials, by settings, with the identity for whichever it is', async () => {
    const device = newTv(stack, { app: 'trials' });
    const { tv } = device;
    const asked = { trial: true, tempPassIdentity: 'row@example.com' };
    const first = asAccess(await tv.authenticate(asked)).profile;
    assert.deepEqual([first.mvpd, first.trial?.titlesLeft], [TITLES, 2]);
    for (const title of ['one', 'two']) await tv.authorize(title);
    assert.equal((await tv.authorize('three')).status, 'denied');
    assert.equal(asAccess(await tv.authenticate(asked)).profile.mvpd.id, PREVIEW.id);
    assert.equal((await tv.authorize('three')).status, 'permitted');
    const value = JSON.stringify({ email: hashOfIdentity('row@example.com') });
    const sent = new Set(identities(device));
    assert.deepEqual([...sent], [Buffer.from(value).toString('base64')]);

    const known = newTv(stack, { app: 'titles' });
    const used = await errorOf(known.tv.authenticate(asked));
    assert.deepEqual([used.code, used.status], ['trials_used_up', 403]);
    assert.equal((await known.tv.view()).lastError, undefined);
  });

  it('is passed over by who gives no identity, and where there is no other the answer asks for it', async () => {
    const device = newTv(stack, { app: 'trials' });
    const taken = asAccess(await device.tv.authenticate({ trial: true })).profile;
    assert.equal(taken.mvpd.id, PREVIEW.id);
    assert.deepEqual(new Set(identities(device)), new Set([undefined]));
    const { tv } = newTv(stack, { app: 'titles' });
    const error = await errorOf(tv.authenticate({ trial: true }));
    assert.deepEqual([error.code, error.action, error.status], [NO_IDENTITY, 'none', 400]);
    const told = await tv.authenticate({ trial: true, tempPassIdentity: 'told@example.com' });
    assert.equal(asAccess(told).profile.mvpd.id, TITLES.id);
  });

  it('is used up by time too, and a known identity continues it on another TV', async () => {
    const asked = { trial: true, tempPassIdentity: 'moves@example.com' };
    const { tv } = newTv(stack, { app: 'titles' });
    asAccess(await tv.authenticate(asked));
    await tv.authorize('one');
    const { tv: other } = newTv(stack, { app: 'titles' });
    assert.equal(asAccess(await other.authenticate(asked)).profile.trial?.titlesLeft, 1);
    stack.sandbox.useUpTrials();
    const play = await other.authorize('two');
    assert.ok(play.status === 'denied' && play.code === NO_TIME);
    assert.equal(reasonOf((await other.view()).standing), 'trial-ended');
    assert.equal((await errorOf(other.authenticate(asked))).code, 'trials_used_up');
  });

  it('leaves neither the address nor its hash in the history', async () => {
    const { tv } = newTv(stack);
    asAccess(await tv.authenticate({ mvpd: TITLES, tempPassIdentity: 'secret@example.com' }));
    await tv.authorize('news');
    const history = JSON.stringify(
      await stack.client.workflow.getHandle(tv.workflowId).fetchHistory(),
    );
    const hidden = ['secret@example.com', hashOfIdentity('secret@example.com')];
    for (const secret of hidden.flatMap((text) => [text, Buffer.from(text).toString('base64')])) {
      assert.ok(!history.includes(secret.replace(/=+$/, '')));
    }
  });
});
