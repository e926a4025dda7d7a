import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { hashOfIdentity } from '../../src/client/temppass-identity.ts';
import type { DeviceAuthorizationResponse } from 'openid-client';
import { APPLE_TV, NORTH, vouching } from '../flows/apple.ts';
import { OAuthTv } from '../flows/oauth-tv.ts';
import { eventsOf } from './events.ts';
import { type Farm, pollUntilDone, startFarm, Tv } from './support.ts';

const TRIAL_MS = 5_000;
const IDENTITY = 'viewer@example.com';

describe('a free trial on the TV', () => {
  let farm: Farm;
  let url: string;
  before(async () => {
    farm = await startFarm({
      sandbox: { throttle: false, tempPassLifeMs: TRIAL_MS, tempPassTitles: 2 },
    });
    await writeFile(
      farm.env['GATEWAY_STATEMENTS'] ?? '',
      JSON.stringify({ mvpds: { [farm.tvApp]: { tempPass: true } } }),
    );
    const app = farm.stack.apps.get(farm.tvApp);
    assert.ok(app);
    const tempPass = ['TempPass_Preview', 'TempPass_Daily'];
    farm.stack.apps.set(farm.tvApp, { ...app, tempPass });
    ({ url } = await farm.another());
  });
  after(() => farm.stop());

  const begin = async (tv: Tv, id: string, more: object = {}) =>
    tv.send('/v1/authenticate', {
      url,
      token: await tv.ownToken(),
      json: { mvpd: { id }, ...more },
    });

  it('needs no code, tells what is left of it, and when to stop the stream [TMP-01] [ATN-18]', async () => {
    const tv = await Tv.registered({ ...farm, url });
    const asked = await begin(tv, 'TempPass_Titles', { tempPassIdentity: IDENTITY });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    const { authorization, session } = asked.body as Record<string, Record<string, unknown>>;
    assert.equal(authorization?.['user_code'], 'SIGNED-IN');
    assert.deepEqual(session?.['trial'], { hasBegun: false, titlesLeft: 2 });
    const { body: tokens } = await pollUntilDone(tv, authorization?.['device_code']);
    const firstEnd = Date.now() + TRIAL_MS;
    const token = String(tokens['access_token']);
    const events = eventsOf(url, token);
    await events.next();
    // The first play begins the time, so the trial ends later than it seemed with the tokens.
    await setTimeout(1_500);
    const play = await tv.send('/v1/authorize', { url, token, json: { resource: 'news' } });
    assert.equal(play.body['status'], 'permitted');
    const { value: begun } = await events.next();
    assert.ok(begun?.event === 'signed-in');
    const trial = { hasBegun: true, titlesLeft: 1 };
    assert.deepEqual((begun.data as Record<string, unknown>)['trial'], trial);
    const { body: now } = await tv.send('/v1/session', { url, token });
    assert.deepEqual(now['trial'], trial);
    await setTimeout(firstEnd + 300 - Date.now());
    const refreshed = await tv.refresh(tokens['refresh_token'], url);
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
    const { value: ended } = await events.next();
    assert.ok(ended?.event === 'signed-out');
    assert.equal((ended.data as Record<string, unknown>)['reason'], 'trial-ended');
    await events.return(undefined);

    const sent = farm.stack.sandbox.requests.findLast(({ operation }) => operation === 'authorize');
    const value = Buffer.from(String(sent?.headers['ap-temppass-identity']), 'base64').toString();
    assert.deepEqual(JSON.parse(value), { email: hashOfIdentity(IDENTITY) });
  });

  it('begins on an Apple TV that sends its status with each request, and counts on with it', async () => {
    const headers = {
      'ap-partner-framework-status': Buffer.from(JSON.stringify(vouching(NORTH))).toString(
        'base64',
      ),
    };
    const beginOn = async (json: object) => {
      const tv = new Tv({ ...farm, url });
      const { body: client } = await tv.register({ device: APPLE_TV });
      tv.clientId = String(client['client_id']);
      tv.clientSecret = String(client['client_secret']);
      const token = await tv.ownToken();
      const { status, body } = await tv.send('/v1/authenticate', { token, json, headers });
      assert.equal(status, 200, JSON.stringify(body));
      const { authorization, session } = body as Record<string, Record<string, unknown>>;
      assert.ok(session?.['trial'], JSON.stringify(session));
      return { tv, deviceCode: authorization?.['device_code'] };
    };
    await beginOn({ trial: true });
    await beginOn({ mvpd: { id: 'TempPass_Preview' } });
    const { tv, deviceCode } = await beginOn({
      mvpd: { id: 'TempPass_Titles' },
      tempPassIdentity: `apple-${IDENTITY}`,
    });
    const { body: tokens } = await pollUntilDone(tv, deviceCode);
    const token = String(tokens['access_token']);
    const play = await tv.send('/v1/authorize', { token, json: { resource: 'news' }, headers });
    assert.equal(play.body['status'], 'permitted', JSON.stringify(play.body));
    const { body: now } = await tv.send('/v1/session', { token });
    assert.deepEqual(now['trial'], { hasBegun: true, titlesLeft: 1 });
  });

  it('that is used up is a problem of its own, and a code comes after it without a logout', async () => {
    const tv = await Tv.registered({ ...farm, url });
    const used = await begin(tv, 'TempPass_Titles', { tempPassIdentity: IDENTITY.toUpperCase() });
    const code = 'temporary_access_duration_limit_exceeded';
    assert.deepEqual([used.status, used.body['code'], used.body['action']], [403, code, 'none']);
    const shown = await tv.authorize();
    assert.equal(shown.status, 200);
    assert.notEqual(shown.body['user_code'], 'SIGNED-IN');
  });

  it('without the identity that it needs, or with one of another kind, is a bad request', async () => {
    const tv = await Tv.registered({ ...farm, url });
    const missing = await begin(tv, 'TempPass_Titles');
    const unknown = 'invalid_header_identity_for_temporary_access';
    assert.deepEqual([missing.status, missing.body['code']], [400, unknown]);
    for (const tempPassIdentity of ['', 7, 'x'.repeat(321)]) {
      const bad = await begin(tv, 'TempPass_Titles', { tempPassIdentity });
      assert.deepEqual([bad.status, bad.body['code']], [400, 'invalid_request']);
    }
  });

  it('is the first that is left where the app names none, and 403 leads to a sign-in [CFG-03] [ATN-18]', async () => {
    const tv = await Tv.registered({ ...farm, url });
    const token = await tv.ownToken();
    const { requests } = farm.stack.sandbox;
    const lists = () => requests.filter(({ operation }) => operation === 'configuration').length;
    const before = lists();
    const ask = async (json: object) => tv.send('/v1/authenticate', { url, token, json });
    for (const id of ['TempPass_Preview', 'TempPass_Daily']) {
      const { status, body } = await ask({ trial: true });
      assert.equal(status, 200, JSON.stringify(body));
      const { authorization, session } = body as Record<string, Record<string, unknown>>;
      assert.deepEqual(session?.['mvpd'], { id });
      const { body: tokens } = await pollUntilDone(tv, authorization?.['device_code']);
      const viewer = { url, token: String(tokens['access_token']), json: { resource: 'news' } };
      assert.equal((await tv.send('/v1/authorize', viewer)).body['status'], 'permitted');
      farm.stack.sandbox.useUpTrials();
      assert.equal((await tv.send('/v1/authorize', viewer)).body['status'], 'denied');
    }
    const { status, body } = await ask({ trial: true });
    assert.deepEqual(
      [status, body['code'], body['action']],
      [403, 'trials_used_up', 'none'],
      JSON.stringify(body),
    );
    assert.equal(lists(), before);
    assert.notEqual((await tv.authorize()).body['user_code'], 'SIGNED-IN');
    const { apps } = farm.stack;
    const app = apps.get(farm.tvApp);
    assert.ok(app);
    apps.set(farm.tvApp, { ...app, tempPass: undefined });
    const none = await ask({ trial: true });
    apps.set(farm.tvApp, app);
    assert.deepEqual([none.status, none.body['code']], [404, 'no_trial']);
    for (const bad of [{}, { trial: true, mvpd: { id: 'NorthCable' } }, { trial: false }]) {
      const refused = await ask(bad);
      assert.deepEqual([refused.status, refused.body['code']], [400, 'invalid_request']);
    }
  });

  it('is begun and played in by an OAuth client that knows nothing of us (F9, F10)', async () => {
    const { apps } = farm.stack;
    const app = apps.get(farm.tvApp);
    assert.ok(app);
    const kinds: [mvpd: string, more: object][] = [
      ['TempPass_Daily', {}],
      ['TempPass_Titles', { tempPassIdentity: 'oauth@example.com' }],
    ];
    for (const [mvpd, more] of kinds) {
      apps.set(farm.tvApp, { ...app, tempPass: [mvpd] });
      const tv = await OAuthTv.registered(farm);
      const own = await tv.ownToken();
      const begun = await tv.ask(own, '/v1/authenticate', { trial: true, ...more });
      assert.equal((begun['session'] as { type?: string }).type, 'temporary');
      const token = await tv.signedIn(begun['authorization'] as DeviceAuthorizationResponse);
      const play = await tv.ask(token, '/v1/authorize', { resource: 'news' });
      assert.deepEqual([play['status'], play['source']], ['permitted', 'temppass']);
    }
    apps.set(farm.tvApp, app);
  });
});
