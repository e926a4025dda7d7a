import assert from 'node:assert/strict';
import { type Farm, signIn, startFarm, Tv } from '../gateway/support.ts';
import { Visitor } from './visitor.ts';

describe('pages for viewers', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  async function shownCode(): Promise<{ tv: Tv; code: string }> {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    return { tv, code: String(body['user_code']) };
  }

  it('are kept by no cache, framed by nobody, and run no script but their own', async () => {
    const { headers, text } = await new Visitor(farm.url).get('/activate');
    assert.equal(headers.get('cache-control'), 'no-store');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /form-action 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(text, /<script>|<style|style=|onclick=/);
    const [style] = /\/activate\/style-\w+\.css/.exec(text) ?? [];
    const sheet = await new Visitor(farm.url).get(style ?? '');
    assert.match(sheet.headers.get('cache-control') ?? '', /immutable/);
  });

  it('take a form only from a page of ours, in the same browser', async () => {
    const { code } = await shownCode();
    const foreign = new Visitor(farm.url);
    await foreign.get('/activate');
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const { status, text } = await foreign.submit({ user_code: code }, headers);
      assert.equal(status, 403, JSON.stringify(headers));
      assert.match(text, /out of date/);
    }
    const other = new Visitor(farm.url);
    const stolen = await other.post('/activate', { _csrf: foreign.token, user_code: code });
    assert.equal(stolen.status, 403);
    const without = await foreign.post('/activate', { user_code: code });
    assert.equal(without.status, 403);
    assert.equal((await foreign.submit({ user_code: code })).status, 303);
  });

  it('send a browser to Adobe Pass and nowhere else', async () => {
    const { code } = await shownCode();
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    const confirmed = await visitor.submit({ user_code: code });
    assert.equal(confirmed.headers.get('location'), '/activate/provider');
    await visitor.get('/activate/provider');
    const chosen = await visitor.submit({ user_code: code, mvpd: 'NorthCable' });
    assert.equal(chosen.headers.get('location'), '/activate/continue');
    const { text } = await visitor.get('/activate/continue');
    const [, target = ''] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text) ?? [];
    assert.equal(new URL(target).origin, new URL(farm.stack.sandbox.url).origin);
  });

  it("send a browser to another of Adobe's hosts, and to no other host than Adobe's", async () => {
    for (const host of ['sp.auth.adobe.com', 'other.example']) {
      const { code } = await shownCode();
      const url = `https://${host}/api/v2/authenticate/REF30/${code}`;
      const body = JSON.stringify({ actionName: 'authenticate', code, url });
      farm.stack.sandbox.faults.set({ operation: 'resumeSession', kind: 'body', body });
      const visitor = new Visitor(farm.url);
      await visitor.get('/activate');
      await visitor.submit({ user_code: code });
      await visitor.get('/activate/provider');
      await visitor.submit({ user_code: code, mvpd: 'NorthCable' });
      const { text } = await visitor.get('/activate/continue');
      const [, target = ''] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text) ?? [];
      const { origin, pathname } = new URL(target);
      const sandbox = new URL(farm.stack.sandbox.url).origin;
      assert.equal(origin, host === 'other.example' ? sandbox : `https://${host}`);
      assert.equal(pathname, new URL(url).pathname);
    }
  });

  it('refuse a provider that is not on the list, with the list', async () => {
    const { code } = await shownCode();
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: code });
    await visitor.get('/activate/provider');
    const chosen = await visitor.submit({ user_code: code, mvpd: 'Nobody' });
    const { text } = await visitor.get(chosen.headers.get('location') ?? '');
    assert.match(text, /can not be chosen here/);
    assert.match(text, /North Cable/);
  });

  it('write what comes from outside as text, never as HTML', async () => {
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    const { text } = await visitor.submit({ user_code: '"><b>' });
    assert.match(text, /value="&#34;&#62;&#60; B&#62;"/);
    const { code } = await shownCode();
    await visitor.submit({ user_code: code });
    const searched = await visitor.get('/activate/provider?search=%3Cimg%3E');
    assert.doesNotMatch(searched.text, /<img>/);
  });

  it('ask about the code of a link only if it could be one', async () => {
    const visitor = new Visitor(farm.url);
    for (const code of ['8ABWUCK', ' 8ab-wuck', 'ABCD']) {
      const { text } = await visitor.get(`/activate?user_code=${encodeURIComponent(code)}`);
      assert.match(text, /Is this the code on your TV\?/, code);
    }
    for (const code of [
      '',
      'ABC',
      '"><script>',
      'ÄÖÜÄÖÜ',
      'CALL 0900 123456 NOW',
      'A'.repeat(60),
    ]) {
      const { text } = await visitor.get(`/activate?user_code=${encodeURIComponent(code)}`);
      assert.match(text, /<h1>Connect your TV<\/h1>/, code);
      assert.match(text, /value=""/, code);
    }
  });

  it('are found with a slash at the end too, by links with a code as well', async () => {
    const visitor = new Visitor(farm.url);
    for (const rest of ['', '?user_code=8ABWUCK']) {
      const { status, headers } = await visitor.get(`/activate/${rest}`);
      assert.equal(status, 308);
      assert.equal(headers.get('location'), `/activate${rest}`);
    }
  });

  it('answer bad input with a page and the way out, never with an error of the server', async () => {
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    for (const [path, status] of [
      [`/activate?user_code=${'A'.repeat(5_000)}`, 200],
      ['/activate?user_code=A&user_code=B', 200],
      ['/activate/provider?search[]=1', 303],
      ['/activate/nothing', 404],
      ['/return', 404],
      ['/return?device=tampered', 404],
      ['/return/status?device=tampered', 404],
    ] as const) {
      const answer = await visitor.get(path);
      assert.equal(answer.status, status, path);
      if (status === 404) assert.match(answer.text, /href="\/activate"/);
    }
    assert.equal((await visitor.submit({})).status, 400);
    assert.equal((await visitor.submit({ user_code: '<'.repeat(300) })).status, 400);
    assert.equal((await visitor.submit({ user_code: '!!!!!!!' })).status, 404);
  });

  it('ask where the TV stands instead of trusting that the browser came back [ATN-15]', async () => {
    const { tv, code } = await shownCode();
    const known = await farm.stack.pass
      .secondScreen(code, { app: farm.env['GATEWAY_ACTIVATION_APP'] ?? '', ip: tv.ip })
      .check();
    assert.ok(known.status === 'known' && known.returnUrl);
    const { pathname, search } = new URL(known.returnUrl);
    const visitor = new Visitor(farm.url);
    assert.match((await visitor.get(pathname + search)).text, /not signed in yet/);
    const status = async () => (await visitor.get(`${pathname}/status${search}`)).text;
    assert.equal(await status(), '{"status":"pending"}');
    await signIn(farm, code);
    assert.match((await visitor.get(pathname + search)).text, /go back to your TV/);
    assert.equal(await status(), '{"status":"signed-in"}');
  });

  it('and their JSON flavour know a used code from a wrong one [ATN-15]', async () => {
    const { tv, code } = await shownCode();
    const check = async () => tv.send(`/v1/activation/${code}`);
    assert.equal((await check()).body['sameNetwork'], true);
    const far = await new Tv(farm).send(`/v1/activation/${code}`);
    assert.equal(far.body['sameNetwork'], false);
    assert.doesNotMatch(JSON.stringify(far.body), new RegExp(tv.ip.replaceAll('.', '\\.')));
    await signIn(farm, code);
    await tv.send('/v1/session', { token: await tv.ownToken() });
    const used = await check();
    assert.equal(used.status, 409, JSON.stringify(used.body));
    assert.equal(used.body['code'], 'used_code');
    assert.equal((await tv.send('/v1/activation/AAAAAAA')).body['code'], 'unknown_code');
  });
});
