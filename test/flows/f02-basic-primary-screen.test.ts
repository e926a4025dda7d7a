import assert from 'node:assert/strict';
import {
  type Farm,
  pollUntilDone,
  signIn as signInByPhone,
  startFarm,
  Tv,
} from '../gateway/support.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, type Stack } from '../support/stack.ts';
import {
  answersOf,
  asPending,
  errorOf,
  newTv,
  showCode,
  untilStatus,
  type Tv as Device,
} from '../workflows/support.ts';
import { OAuthTv } from './oauth-tv.ts';

const INTERVAL_MS = 600;
const FALLBACK_MS = 2_000;
const NORTH = { id: 'NorthCable' };
/** Ends at a page of the TV, not of the gateway. */
const SAME = { mvpd: NORTH, screen: 'same', redirectUrl: 'http://127.0.0.1:9/done' } as const;

describe('F2 Basic authentication, primary screen', () => {
  let farm: Farm;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    const config = { pollIntervalMs: INTERVAL_MS, sameScreenFallbackMs: FALLBACK_MS };
    farm = await startFarm({ config });
    ({ stack } = farm);
  });
  after(() => farm.stop());
  const { answer, answerBody } = answersOf(() => stack);

  /** Whether it was sent when nobody could be expected to say any more that the browser is back. */
  const isLate = ({ sent }: Device) => {
    const [session] = sent('createSession');
    return ({ at }: { at: number }) => at - (session?.at ?? 0) >= FALLBACK_MS - 20;
  };

  it('sends provider, domain and page to return to at once, and gives page and code [S2S-23]', async () => {
    const { tv, sent } = newTv(stack);
    const { code, url } = await showCode(tv, SAME);
    const [session] = sent('createSession');
    assert.ok(session);
    const { mvpd, domainName, redirectUrl } = session.body as Record<string, string>;
    assert.deepEqual([mvpd, domainName], [NORTH.id, 'example.com']);
    assert.ok(redirectUrl?.startsWith(SAME.redirectUrl), redirectUrl);
    assert.ok(new URL(url).pathname.endsWith(code), url);
  });

  it('needs no login where Adobe says so: temporary, degraded or signed in already', async () => {
    const [temporary, direct] = [newTv(stack), newTv(stack)];
    const trial = await temporary.tv.authenticate({
      mvpd: { id: 'TempPass_Preview' },
      screen: 'same',
    });
    assert.equal(trial.status, 'signed-in');
    // A profile that came to be between the look and the session.
    const life = { notBefore: Date.now() - 1_000, notAfter: Date.now() + 3_600_000 };
    const profile = { ...life, issuer: 'NorthCable', type: 'regular', attributes: {} };
    answer(direct, 'profileByMvpd', { kind: 'body', body: '{"profiles":{}}', times: 1 });
    answerBody(direct, 'profileByMvpd', { profiles: { NorthCable: profile } });
    const action = { actionName: 'authorize', actionType: 'direct', reasonType: 'authenticated' };
    answerBody(direct, 'createSession', { ...action, mvpd: 'NorthCable' });
    assert.equal((await direct.tv.authenticate(SAME)).status, 'signed-in');
  });

  it('shows a code without a page where something is missing, to be supplied by a phone', async () => {
    const { tv } = newTv(stack);
    const shown = asPending(await tv.authenticate({ screen: 'same' }));
    assert.deepEqual([shown.url, shown.missingParameters], [undefined, ['mvpd']]);
    assert.ok(asPending(await tv.resume({ code: shown.code, mvpd: NORTH })).url);
  });

  it('says what is wrong where Adobe refuses the session', async () => {
    const { tv, sent } = newTv(stack);
    const error = await errorOf(tv.authenticate({ mvpd: { id: 'Nobody' }, screen: 'same' }));
    assert.deepEqual([error.code, error.status], ['invalid_parameter_mvpd', 400]);
    assert.equal(sent('createSession').length, 1);
  });

  it('asks at once when the browser is back, and is signed in [ATN-01] [ATN-03] [TST-04]', async () => {
    const [waiting, finished, second] = [newTv(stack), newTv(stack), newTv(stack)];
    await showCode(waiting.tv, SAME);
    await showCode(second.tv);
    await eventually(() => second.sent('profileByCode').length >= 2, 'two intervals');
    assert.ok(waiting.sent('profileByCode').every(isLate(waiting)), 'nobody asks before');
    const { url } = await showCode(finished.tv, SAME);
    await signInAsViewer(url);
    await finished.tv.browserReturned();
    await untilStatus(finished.tv, 'signed-in');
    const standing = await finished.tv.authenticate();
    assert.ok(standing.status === 'signed-in' && standing.profile.mvpd.id === NORTH.id);
    assert.ok('userID' in standing.profile.attributes);
    // Nothing yet: it goes on asking.
    await waiting.tv.browserReturned();
    await eventually(() => waiting.sent('profileByCode').length >= 3, 'asks at once, then polls');
  });

  it('asks after a while too, where nobody says that the browser came back [ATN-01]', async () => {
    const device = newTv(stack);
    const { url } = await showCode(device.tv, SAME);
    await signInAsViewer(url);
    await untilStatus(device.tv, 'signed-in');
    assert.ok(device.sent('profileByCode').every(isLate(device)));
  });

  it('shows a new code where Adobe says that the old one is over', async () => {
    const { tv } = newTv(stack);
    const { code } = await showCode(tv, SAME);
    stack.sandbox.endSession(code);
    await eventually(async () => {
      const { standing } = await tv.view();
      return standing.status === 'pending' && standing.code !== code;
    }, 'another code');
  });

  it('asks no more for a code that another has replaced [ATN-05]', async () => {
    const { tv, sent } = newTv(stack);
    const { code } = await showCode(tv, SAME);
    await showCode(tv, { ...SAME, restart: true });
    await tv.browserReturned();
    await eventually(() => sent('profileByCode').length > 0, 'polled for');
    assert.ok(sent('profileByCode').every(({ path }) => !path.endsWith(code)));
  });

  describe('of the gateway', () => {
    it('has the TV pick a provider, open its page and say that it is back', async () => {
      const tv = await OAuthTv.registered(farm);
      const own = await tv.ownToken();
      const { mvpds } = await tv.ask(own, '/v1/mvpds');
      const [mvpd] = mvpds as { id: string; displayName: string; logoUrl: string }[];
      assert.ok(mvpd?.displayName && mvpd.logoUrl);
      const wanted = { mvpd: { id: NORTH.id }, screen: 'same' };
      const { authorization, session } = await tv.ask(own, '/v1/authenticate', wanted);
      await signInAsViewer((session as { url: string }).url);
      const returned = tv.ask(own, '/v1/browser-returned', {});
      const token = await tv.signedIn(authorization as Parameters<typeof tv.signedIn>[0]);
      await returned;
      assert.equal((await tv.ask(token, '/v1/session'))['status'], 'signed-in');
    });

    const begin = async (tv: Tv, more: object = {}) => {
      const { status, body } = await tv.send('/v1/authenticate', {
        token: await tv.ownToken(),
        json: { mvpd: { id: 'SkyDish' }, ...more },
      });
      assert.equal(status, 200, JSON.stringify(body));
      return body['authorization'] as Record<string, string>;
    };

    it('gives way to a phone with a code of its own, by which any provider can be chosen', async () => {
      const tv = await Tv.registered(farm);
      const onTv = await begin(tv, { redirectUrl: 'https://tv.example.com/back' });
      assert.equal((await tv.poll(onTv['device_code'])).body['error'], 'authorization_pending');
      const { body: onPhone } = await tv.authorize();
      assert.notEqual(onPhone['user_code'], onTv['user_code']);
      await signInByPhone(farm, onPhone['user_code'], 'NorthCable');
      assert.equal((await pollUntilDone(tv, onPhone['device_code'])).status, 200);
    });

    it('begins anew where it is to end elsewhere, and else goes on', async () => {
      const tv = await Tv.registered(farm);
      const first = await begin(tv);
      const again = await begin(tv);
      assert.equal(again['user_code'], first['user_code']);
      const elsewhere = await begin(tv, { redirectUrl: 'https://tv.example.com/back' });
      assert.notEqual(elsewhere['user_code'], first['user_code']);
      const other = await begin(tv, { redirectUrl: 'https://tv.example.com/back?state=2' });
      assert.equal(other['user_code'], elsewhere['user_code']);
    });
  });
});
