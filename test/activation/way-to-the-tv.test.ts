import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from '../gateway/support.ts';
import { Visitor } from './visitor.ts';

describe('a login whose address lost its handle on the way', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());
  afterEach(() => farm.stack.sandbox.faults.clear());

  const shown = async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: String(body['user_code']) });
    return { tv, visitor, deviceCode: body['device_code'], code: String(body['user_code']) };
  };
  const signInWith = async (visitor: Visitor, code: string) => {
    await visitor.get('/activate/provider');
    await visitor.submit({ user_code: code, mvpd: 'NorthCable' });
    const { text } = await visitor.get('/activate/continue');
    const [, url = ''] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text) ?? [];
    return (await signInAsViewer(url)).finalUrl;
  };

  it('ends well in the browser where the code was typed', async () => {
    const tv = farm.stack.tv({ app: farm.tvApp });
    // Nobody answers there: the address lost its handle before it came to us.
    const waiting = await tv.authenticate({ redirectUrl: 'http://127.0.0.1:9/return' });
    assert.ok(waiting.status === 'pending');
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: waiting.code });
    await signInWith(visitor, waiting.code);
    const { status, text } = await visitor.get('/return?device=cut');
    assert.equal(status, 200);
    assert.match(text, /North Cable/);
    assert.equal((await tv.view()).standing.status, 'signed-in');
  });

  it('is asked about again with a handle that can be read', async () => {
    const { visitor } = await shown();
    const { text } = await visitor.get('/return');
    const [, query = ''] = /\/return\/status(\?device=[A-Za-z0-9_-]+)/.exec(text) ?? [];
    const stranger = new Visitor(farm.url);
    assert.match((await stranger.get(`/return/status${query}`)).text, /pending/);
  });

  it('is not known in another browser', async () => {
    await shown();
    const { status } = await new Visitor(farm.url).get('/return?device=cut');
    assert.equal(status, 404);
  });

  for (const [what, change] of [
    ['decoded', decodeURIComponent],
    ['encoded once more', encodeURIComponent],
    ['without its query', (url: string) => url.split('?')[0] ?? ''],
  ] as const) {
    it(`leads to the TV all the same: the address came back ${what} from Adobe`, async () => {
      const { code, tv, deviceCode } = await shown();
      const session = farm.stack.sandbox.requests.findLast(
        ({ operation }) => operation === 'createSession',
      );
      const { redirectUrl = '' } = (session?.body ?? {}) as Record<string, string>;
      const body = JSON.stringify({
        existingParameters: { redirectUrl: change(redirectUrl), serviceProvider: 'REF30' },
        missingParameters: ['mvpd'],
      });
      farm.stack.sandbox.faults.set({ operation: 'retrieveSession', kind: 'body', body, times: 9 });
      await signIn(farm, code);
      assert.equal((await pollUntilDone(tv, deviceCode)).status, 200);
    });
  }
});

describe('a code that Adobe spells otherwise than people type it', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());
  afterEach(() => farm.stack.sandbox.faults.clear());

  it('is compared loosely, and Adobe is sent its own', async () => {
    const { faults, requests } = farm.stack.sandbox;
    const code = 'qr7x-9kd';
    const session = { actionName: 'resume', code, missingParameters: ['mvpd'] };
    faults.set({ operation: 'createSession', kind: 'body', body: JSON.stringify(session) });
    const nobodyYet = JSON.stringify({ profiles: {} });
    faults.set({ operation: 'profileByCode', kind: 'body', body: nobodyYet, times: 99 });
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    assert.equal(body['user_code'], code);

    const unknown = { operation: 'retrieveSession', kind: 'error' } as const;
    const known = JSON.stringify({ existingParameters: {}, missingParameters: ['mvpd'] });
    // Typed, seen and chosen: three times it is asked for as people type it first.
    for (let check = 0; check < 3; check += 1) {
      faults.set({ ...unknown, code: 'invalid_parameter_code' });
      faults.set({ operation: 'retrieveSession', kind: 'body', body: known });
    }
    const url = `/api/v2/authenticate/REF30/${code}`;
    const page = JSON.stringify({ actionName: 'authenticate', code, url });
    faults.set({ operation: 'resumeSession', kind: 'body', body: page });
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: ' Qr7X 9\u2013kD ' });
    await visitor.get('/activate/provider');
    const chosen = await visitor.submit({ user_code: code, mvpd: 'NorthCable' });
    assert.equal(chosen.headers.get('location'), '/activate/continue');
    const paths = (operation: string) =>
      requests.filter((one) => one.operation === operation).map(({ path }) => path);
    const asTyped = '/api/v2/REF30/sessions/QR7X9KD';
    const own = `/api/v2/REF30/sessions/${code}`;
    assert.deepEqual(paths('retrieveSession'), [asTyped, own, asTyped, own, asTyped, own]);
    assert.deepEqual(paths('resumeSession'), [own]);
  });

  it('is asked for as people type it where Adobe spells it so, with no search', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const code = String(body['user_code']);
    const phone = new Tv({ url: farm.url, statement: '' });
    const typed = encodeURIComponent(`${code.slice(0, 3)}-${code.slice(3).toLowerCase()}`);
    const { status } = await phone.send(`/v1/activation/${typed}`);
    assert.equal(status, 200);
  });
});
