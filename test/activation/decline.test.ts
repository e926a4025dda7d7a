import assert from 'node:assert/strict';
import { eventsOf } from '../gateway/events.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from '../gateway/support.ts';
import { eventually } from '../support/stack.ts';
import { Visitor } from './visitor.ts';

const HEADERS = { country: 'x-country', region: 'x-region', city: 'x-city' };

/** As a CDN would tell it. */
function at(country: string, region: string, city: string): Record<string, string> {
  return { [HEADERS.country]: country, [HEADERS.region]: region, [HEADERS.city]: city };
}

describe('a viewer who started nothing', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({
      env: {
        GATEWAY_PLACE_HEADER: Object.values(HEADERS).join(','),
        GATEWAY_CONFIRMING_APPS: '*',
      },
    });
  });
  after(() => farm.stop());

  async function shownCode(headers: Record<string, string> = {}) {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize({}, undefined, headers);
    return { tv, code: String(body['user_code']), deviceCode: body['device_code'] };
  }

  async function opened(code: string, headers: Record<string, string> = {}) {
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    const answer = await visitor.submit({ user_code: code }, headers);
    return { visitor, answer };
  }

  it('declines by a form as large as the way on, and the TV is told at once', async () => {
    const { tv, code, deviceCode } = await shownCode();
    const heard: string[] = [];
    const listening = (async () => {
      for await (const { event, data } of eventsOf(farm.url, await tv.ownToken())) {
        heard.push(event === 'signed-out' ? `${event} ${String(data['reason'])}` : event);
        if (event === 'signed-out') return;
      }
    })();
    await eventually(() => heard.length > 0, 'the stream began');
    const { visitor } = await opened(code);
    const page = await visitor.get('/activate/provider');
    assert.match(
      page.text,
      /class="big"[^>]*formaction="\/activate\/decline"[^>]*form="providers"/s,
    );
    const without = await visitor.post('/activate/decline', { user_code: code });
    assert.equal(without.status, 403, 'a form of ours only');
    const fields = { _csrf: visitor.token, user_code: code };
    const { status, text } = await visitor.post('/activate/decline', fields);
    assert.equal(status, 200);
    assert.match(text, /Nobody was signed in/);
    await listening;
    assert.deepEqual(heard, ['code', 'signed-out declined']);
    assert.equal((await pollUntilDone(tv, deviceCode)).body['error'], 'access_denied');
    const again = await visitor.post('/activate/decline', { ...fields, _csrf: visitor.token });
    assert.match(again.text, /That code does not work/);
  });

  it('declines by the JSON API too', async () => {
    const { tv, code, deviceCode } = await shownCode();
    const phone = new Tv(farm);
    const { status, body } = await phone.send(`/v1/activation/${code}/decline`, { json: {} });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body, { status: 'declined', isTold: true });
    assert.equal((await pollUntilDone(tv, deviceCode)).body['error'], 'access_denied');
    const session = await tv.send('/v1/session', { token: await tv.ownToken() });
    assert.equal(session.body['reason'], 'declined');
  });

  it('sees which app asks, since when, and from where', async () => {
    const { tv, code } = await shownCode(at('ES', 'AN', encodeURIComponent('Málaga')));
    const { visitor } = await opened(code, at('ES', 'AN', 'Granada'));
    const { text } = await visitor.get('/activate/provider');
    assert.match(text, new RegExp(farm.tvApp));
    assert.match(text, /Asked just now, near Málaga, Spain/);
    const spanish = await visitor.get('/activate/provider', { 'accept-language': 'es' });
    assert.match(spanish.text, /Solicitado ahora mismo, cerca de Málaga, España/);
    const { body } = await tv.send(`/v1/activation/${code}`);
    assert.deepEqual(body['place'], { country: 'ES', region: 'AN', city: 'Málaga' });
    assert.equal(body['app'], farm.tvApp);
    assert.ok(Number(body['askedAgo']) < 60);
  });

  it('far from the TV waits for its word, by yes and by no', async () => {
    for (const confirmed of [true, false]) {
      const { tv, code } = await shownCode(at('ES', 'MD', 'Madrid'));
      const far = at('DE', 'BE', 'Berlin');
      const token = await tv.ownToken();
      const questions: Record<string, unknown>[] = [];
      const listening = (async () => {
        for await (const { event, data } of eventsOf(farm.url, token)) {
          if (event === 'confirm') return void questions.push(data);
        }
      })();
      const { visitor } = await opened(code, far);
      await listening;
      const [question] = questions;
      assert.deepEqual(question?.['place'], { country: 'DE', region: 'BE', city: 'Berlin' });
      assert.equal(question?.['user_code'], code);

      const held = await visitor.get('/activate/provider', far);
      assert.match(held.text, /<h1>Look at your TV<\/h1>/);
      assert.match(held.text, /<noscript><meta http-equiv="refresh"/);
      assert.equal((await visitor.get('/activate/waiting', far)).text, '{"status":"pending"}');
      const fields = { _csrf: visitor.token, user_code: code, mvpd: 'NorthCable' };
      const chosen = await visitor.post('/activate/provider', fields, far);
      assert.equal(chosen.headers.get('location'), '/activate/provider');
      assert.match(
        (await visitor.get('/activate/continue', far)).headers.get('location') ?? '',
        /provider$/,
      );
      const session = await tv.send('/v1/session', { token });
      const { id } = session.body['confirmation'] as { id: string };
      assert.equal(id, question?.['id']);

      const json = { id, confirmed };
      const answer = await tv.send('/v1/activation-request/confirm', { token, json });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body['status'], confirmed ? 'pending' : 'signed-out');
      assert.equal((await visitor.get('/activate/waiting', far)).text, '{"status":"over"}');
      const next = await visitor.get('/activate/provider', far);
      assert.match(next.text, confirmed ? /North Cable/ : /That code does not work/);
    }
  });

  it('has to wait in the JSON API as well', async () => {
    const { tv, code } = await shownCode(at('ES', 'MD', 'Madrid'));
    const phone = new Tv(farm);
    const headers = { ...at('ES', 'CT', 'Barcelona'), 'x-activation-browser': 'mine' };
    const check = await phone.send(`/v1/activation/${code}`, { headers });
    assert.equal(check.body['waitsFor'], 'tv', JSON.stringify(check.body));
    const choose = { headers, json: { mvpd: { id: 'NorthCable' } } };
    const refused = await phone.send(`/v1/activation/${code}`, choose);
    assert.equal(refused.status, 409);
    assert.equal(refused.body['code'], 'confirmation_pending');
    const token = await tv.ownToken();
    const { body } = await tv.send('/v1/session', { token });
    const json = { id: (body['confirmation'] as { id: string }).id };
    await tv.send('/v1/activation-request/confirm', { token, json });
    assert.equal((await phone.send(`/v1/activation/${code}`, choose)).body['status'], 'go');
    const unknown = await tv.send('/v1/activation-request/confirm', { token, json: { id: 'x' } });
    assert.equal(unknown.body['code'], 'unknown_confirmation', JSON.stringify(unknown.body));
  });

  it('is counted by code over all gateways: the second elsewhere is warned, the third ends it', async () => {
    const { tv, code, deviceCode } = await shownCode();
    const other = await farm.another();
    const one = await opened(code);
    const calm = await one.visitor.get('/activate/provider');
    assert.doesNotMatch(calm.text, /Somebody else opened this code/);
    assert.match(calm.text, /Is this TV in front of you/);
    const two = new Visitor(other.url);
    await two.get('/activate');
    const own = { origin: farm.url };
    assert.equal((await two.submit({ user_code: code }, own)).status, 303);
    for (const visitor of [two, one.visitor]) {
      assert.match(
        (await visitor.get('/activate/provider')).text,
        /Somebody else opened this code/,
      );
    }
    const three = await opened(code);
    assert.equal(three.answer.status, 404);
    assert.match(three.answer.text, /Several phones in different places opened it/);
    assert.match((await one.visitor.get('/activate/provider')).text, /That code does not work/);
    assert.equal((await pollUntilDone(tv, deviceCode)).body['error'], 'expired_token');
  });

  it('says after the sign-in: that was not me, and it ends', async () => {
    const { tv, code, deviceCode } = await shownCode();
    const { finalUrl } = await signIn(farm, code);
    const tokens = await pollUntilDone(tv, deviceCode);
    const token = String(tokens.body['access_token']);
    const { pathname, search } = new URL(finalUrl);
    const visitor = new Visitor(farm.url);
    const { text } = await visitor.get(pathname + search);
    assert.match(text, /That was not me/);
    const [, generation = ''] = /name="generation" value="(\d+)"/.exec(text) ?? [];
    const device = new URLSearchParams(search).get('device') ?? '';
    const stale = await visitor.submit({ device, generation: String(Number(generation) - 1) });
    assert.equal(stale.status, 409);
    const fields = { _csrf: visitor.token, device, generation };
    const done = await visitor.post('/return/not-me', fields);
    assert.equal(done.status, 200);
    assert.match(done.text, /The TV is signed out/);
    const session = await tv.send('/v1/session', { token });
    assert.equal(session.status, 401, JSON.stringify(session.body));
    const refreshed = await tv.refresh(tokens.body['refresh_token']);
    assert.equal(refreshed.body['error'], 'invalid_grant');
    const again = await tv.authorize();
    assert.notEqual(again.body['user_code'], 'SIGNED-IN');
  });
});

describe('a code that is too old', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('is opened by nobody, and the TV shows a fresh one', async () => {
    const old = await farm.another({ env: { GATEWAY_CODE_MAX_AGE_S: '1' } });
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const code = String(body['user_code']);
    const codes: unknown[] = [];
    const listening = (async () => {
      for await (const { data } of eventsOf(farm.url, await tv.ownToken())) {
        codes.push(data['user_code']);
        if (codes.length === 2) return;
      }
    })();
    await eventually(() => codes.length === 1, 'the stream began');
    const asked = Date.now();
    await eventually(() => Date.now() - asked > 1_100, 'the code is too old');
    const visitor = new Visitor(old.url);
    await visitor.get('/activate');
    const answer = await visitor.submit({ user_code: code }, { origin: farm.url });
    assert.equal(answer.status, 404);
    assert.match(answer.text, /Your TV shows a new one by now/);
    await listening;
    assert.notEqual(codes[1], code);
    const fresh = new Visitor(farm.url);
    await fresh.get('/activate');
    assert.equal((await fresh.submit({ user_code: String(codes[1]) })).status, 303);
  });
});
