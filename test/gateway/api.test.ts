import assert from 'node:assert/strict';
import { type Farm, installationOf, pollUntilDone, signIn, startFarm, Tv } from './support.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { FACTS } from '../support/stack.ts';
import { eventsOf } from './events.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';

describe('API for TVs', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('says when a code ends, for a TV with a wrong clock too', async () => {
    const tv = await Tv.registered(farm);
    await tv.authorize();
    const { body } = await tv.send('/v1/session', { token: await tv.ownToken() });
    const left = (Date.parse(String(body['expiresAt'])) - Date.now()) / 1000;
    assert.equal(body['status'], 'pending');
    assert.ok(Math.abs(Number(body['expiresIn']) - left) < 30, `${String(body['expiresIn'])} s`);
  });

  it('says in seconds too when a sign-in, a media token and a code on a phone end', async () => {
    const inSeconds = (told: unknown, name: string) => {
      const { [name]: at, expiresIn } = told as Record<string, unknown>;
      const left = (Date.parse(String(at)) - Date.now()) / 1000;
      assert.ok(Number.isInteger(expiresIn) && Number(expiresIn) > 0, JSON.stringify(told));
      assert.ok(Math.abs(Number(expiresIn) - left) < 30, `${String(expiresIn)} s of ${left} s`);
    };
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const phone = new Tv(farm);
    inSeconds((await phone.send(`/v1/activation/${String(shown['user_code'])}`)).body, 'expiresAt');
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const token = String(tokens['access_token']);
    inSeconds((await tv.send('/v1/session', { token })).body, 'expiresAt');
    const play = await tv.send('/v1/authorize', { token, json: { resource: 'REF30' } });
    inSeconds(play.body['mediaToken'], 'notAfter');
    const events = eventsOf(farm.url, token);
    inSeconds((await events.next()).value?.data, 'expiresAt');
    await events.return(undefined);
  });

  it('names the installation by which operators find the TV', async () => {
    const tv = new Tv(farm);
    const { body: registered } = await tv.register();
    Object.assign(tv, {
      clientId: registered['client_id'],
      clientSecret: registered['client_secret'],
    });
    const installation = registered['installation_id'];
    assert.equal(installation, installationOf(tv.clientId));
    await tv.authorize();
    const { body } = await tv.send('/v1/session', { token: await tv.ownToken() });
    assert.deepEqual([body['status'], body['installationId']], ['pending', installation]);
  });

  it('takes an empty body for none, whatever type it is said to have', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const post = (path: string) =>
      fetch(farm.url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${String(tokens['access_token'])}`,
          'content-type': 'application/json',
          'x-forwarded-for': tv.ip,
        },
      });
    assert.equal((await post('/v1/browser-returned')).status, 202);
    assert.equal((await post('/v1/authorize')).status, 400);
    assert.equal((await post('/v1/logout')).status, 200);
  });

  it('takes resources as long as a whole MRSS document', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const token = String(tokens['access_token']);
    const longest = 'x'.repeat(4_096);
    const play = await tv.send('/v1/authorize', { token, json: { resource: longest } });
    assert.equal(play.status, 200, JSON.stringify(play.body));
    const page = await tv.send('/v1/preauthorize', { token, json: { resources: [longest] } });
    assert.equal(page.status, 200, JSON.stringify(page.body));
    const longer = await tv.send('/v1/authorize', { token, json: { resource: `${longest}x` } });
    assert.equal(longer.status, 400);
  });

  it('lists providers for a picker, TempPass left out unless shown by name', async () => {
    const tv = await Tv.registered(farm);
    const { status, body } = await tv.send('/v1/mvpds', { token: await tv.ownToken() });
    assert.equal(status, 200, JSON.stringify(body));
    const mvpds = body['mvpds'] as { id: string; isTempPass: boolean }[];
    assert.ok(mvpds.some(({ id }) => id === 'NorthCable'));
    assert.ok(mvpds.every(({ isTempPass }) => !isTempPass));
  });

  it('says that a TV without history is signed out', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.send('/v1/session', { token: await tv.ownToken() });
    assert.deepEqual(body, {
      status: 'signed-out',
      reason: 'new',
      installationId: installationOf(tv.clientId),
    });
  });

  it('signs in with a provider chosen on the TV, on the same screen [S2S-23]', async () => {
    const tv = await Tv.registered(farm);
    const token = await tv.ownToken();
    const { status, body } = await tv.send('/v1/authenticate', {
      token,
      json: { mvpd: { id: 'NorthCable' }, redirectUrl: 'https://tv.example.com/done' },
    });
    assert.equal(status, 200, JSON.stringify(body));
    const { authorization, session } = body as Record<string, Record<string, unknown>>;
    await signInAsViewer(String(session?.['url']));
    const returned = await tv.send('/v1/browser-returned', { token, json: {} });
    assert.equal(returned.status, 202);
    assert.equal((await pollUntilDone(tv, authorization?.['device_code'])).status, 200);
  });

  it("returns from a login or logout to hosts of the app's statement only", async () => {
    const tv = await Tv.registered(farm);
    for (const redirectUrl of [
      'https://evil.example/',
      'http://tv.example.com/',
      'javascript:alert(1)',
    ]) {
      const { status, body } = await tv.send('/v1/authenticate', {
        token: await tv.ownToken(),
        json: { mvpd: { id: 'NorthCable' }, redirectUrl },
      });
      assert.equal(status, 400, redirectUrl);
      assert.equal(body['code'], 'invalid_request');
    }
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const { status } = await tv.send('/v1/logout', {
      token: String(tokens['access_token']),
      json: { redirectUrl: 'https://evil.example/' },
    });
    assert.equal(status, 400);
  });

  it('gives a denial as an answer, with code and message', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    const phone = new Tv(farm);
    const chosen = await phone.send(`/v1/activation/${String(shown['user_code'])}`, {
      json: { mvpd: { id: 'NorthCable' } },
    });
    await signInAsViewer(String(chosen.body['url']), { username: 'nosub' });
    const { body: token } = await pollUntilDone(tv, shown['device_code']);
    const play = await tv.send('/v1/authorize', {
      token: String(token['access_token']),
      json: { resource: 'REF30' },
    });
    assert.equal(play.status, 200);
    assert.equal(play.body['status'], 'denied');
    assert.equal(typeof play.body['code'], 'string');
    assert.equal(typeof play.body['message'], 'string');
  });

  for (const actionType of ['partner_interactive', 'novel', undefined]) {
    it(`tells the viewer to sign out in the system's settings: ${actionType} [LO-04]`, async () => {
      const tv = await Tv.registered(farm);
      const { body: shown } = await tv.authorize();
      await signIn(farm, shown['user_code']);
      const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
      const apple = { actionName: 'partner_logout', actionType, mvpd: 'NorthCable' };
      const body = JSON.stringify({ logouts: { NorthCable: apple } });
      farm.stack.sandbox.faults.set({
        operation: 'logout',
        kind: 'body',
        status: 200,
        body,
        ip: tv.ip,
      });
      const token = String(tokens['access_token']);
      const answer = await tv.send('/v1/logout', { token, json: {} });
      assert.equal(answer.status, 200);
      const [action] = answer.body['actions'] as Record<string, unknown>[];
      assert.deepEqual(
        [action?.['actionName'], action?.['todo']],
        ['partner_logout', 'system-settings'],
      );
    });
  }

  it('says what is left to do after a logout', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: token } = await pollUntilDone(tv, shown['device_code']);
    const { body } = await tv.send('/v1/logout', {
      token: String(token['access_token']),
      json: { redirectUrl: 'https://tv.example.com/bye' },
    });
    const [action] = body['actions'] as Record<string, string>[];
    assert.equal(
      action?.['todo'],
      action?.['actionType'] === 'interactive' ? 'open-url' : 'nothing',
    );
    const sent = farm.stack.sandbox.requests.findLast(({ operation }) => operation === 'logout');
    assert.match(`${sent?.path} ${JSON.stringify(sent?.body)}`, /tv\.example\.com/);
  });

  it('takes facts that changed from X-Device-Info, and names what is wrong with them', async () => {
    const tv = await Tv.registered(farm);
    const info = (facts: object) => Buffer.from(JSON.stringify(facts)).toString('base64');
    const send = (value: string) =>
      tv.send('/oauth/device_authorization', {
        form: { client_id: tv.clientId, client_secret: tv.clientSecret },
        headers: { 'x-device-info': value },
      });
    const wrong = await send(info({ osName: '' }));
    assert.equal(wrong.status, 400);
    assert.match(String(wrong.body['error_description']), /osName/);
    assert.equal((await send('%%%')).status, 400);
    assert.equal((await send(info({ connectionType: 'WiFi' }))).status, 200);
    const sent = farm.stack.sandbox.requests
      .map(({ headers }) => headers['x-device-info'] ?? '')
      .filter(Boolean)
      .map((header) => Buffer.from(header, 'base64').toString());
    assert.ok(sent.some((facts) => facts.includes('"WiFi"')));
  });

  for (const [osName, osFamily] of [
    ['Tizen', 'Tizen'],
    ['Fire OS', 'Android'],
    ['PlayStation', 'PlayStation OS'],
    ['An OS of its own', undefined],
  ] as const) {
    it(`refuses no platform for its name: ${osName}`, async () => {
      const tv = new Tv(farm);
      const { status, body } = await tv.register({ device: { ...FACTS, osName } });
      assert.equal(status, 201, JSON.stringify(body));
      const { client_id: clientId, client_secret: clientSecret } = body;
      Object.assign(tv, { clientId, clientSecret });
      const shown = await tv.authorize();
      assert.equal(shown.status, 200, JSON.stringify(shown.body));
      const session = farm.stack.sandbox.requests.find(
        ({ headers, operation }) =>
          operation === 'createSession' && headers['x-forwarded-for'] === tv.ip,
      );
      const header = Buffer.from(session?.headers['x-device-info'] ?? '', 'base64').toString();
      assert.equal((JSON.parse(header) as { osFamily?: string }).osFamily, osFamily);
    });
  }
});

describe('events', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ sandbox: { codeLifeMs: 3_000 } });
  });
  after(() => farm.stop());

  it('bring a new code as a whole device authorization, then sign-in and sign-out', async () => {
    const tv = await Tv.registered(farm);
    const { body: first } = await tv.authorize();
    const { body: document } = await tv.send('/openapi.json');
    const documented = new Ajv2020({ strict: false, validateFormats: false }).compile({
      $ref: '#/components/schemas/Event',
      components: document['components'],
    });
    const seen: string[] = [];
    for await (const { event, data } of eventsOf(farm.url, await tv.ownToken())) {
      seen.push(event);
      assert.ok(documented({ event, id: '1', data }), JSON.stringify(documented.errors));
      if (event === 'code' && seen.length === 1) {
        assert.equal(data['device_code'], first['device_code']);
      } else if (event === 'code' && seen.length === 2) {
        assert.notEqual(data['user_code'], first['user_code']);
        assert.deepEqual(Object.keys(data).sort(), Object.keys(first).sort());
        await signIn(farm, data['user_code']);
        const { status, body: token } = await tv
          .poll(data['device_code'])
          .then(async (answer) =>
            answer.status === 200 ? answer : pollUntilDone(tv, data['device_code']),
          );
        assert.equal(status, 200);
        void tv.send('/v1/logout', { token: String(token['access_token']), json: {} });
      } else if (event === 'signed-out') {
        break;
      }
    }
    assert.deepEqual(seen, ['code', 'code', 'signed-in', 'signed-out']);
  });

  it('end when the gateway stops, so that it can', async () => {
    const mortal = await farm.another();
    const tv = await Tv.registered(farm);
    await tv.authorize();
    const events = eventsOf(mortal.url, await tv.ownToken());
    assert.equal((await events.next()).value?.event, 'code');
    const [, last] = await Promise.all([mortal.stop(), events.next()]);
    assert.equal(last.done, true);
  });
});

describe('activation without our pages', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm({ env: { GATEWAY_WRONG_CODES_PER_ADDRESS: '3' } });
  });
  after(() => farm.stop());

  it('checks a code, however it is typed, lists providers and hands over to Adobe [S2S-24] [ATN-14]', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    const code = String(body['user_code']);
    const phone = new Tv(farm);
    const typed = encodeURIComponent(`${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `);
    const checked = await phone.send(`/v1/activation/${typed}`);
    assert.equal(checked.status, 200, JSON.stringify(checked.body));
    assert.equal(checked.headers.get('cache-control'), 'no-store');
    assert.ok(checked.body['expiresAt']);
    assert.match(JSON.stringify(checked.body['device']), /Test TV/);
    const { body: offer } = await phone.send(`/v1/activation/${code}/providers`);
    assert.ok((offer['mvpds'] as unknown[]).length > 0);
    const { body: chosen } = await phone.send(`/v1/activation/${code}`, {
      json: { mvpd: { id: 'NorthCable', displayName: 'North Cable' } },
    });
    assert.equal(new URL(String(chosen['url'])).origin, farm.stack.sandbox.url);
  });

  it('gives the page to sign in at once where the TV chose the provider [ATN-13]', async () => {
    const tv = await Tv.registered(farm);
    const json = { mvpd: { id: 'NorthCable' }, screen: 'second' };
    const { body } = await tv.send('/v1/authenticate', { token: await tv.ownToken(), json });
    const { authorization } = body as Record<string, Record<string, unknown>>;
    const path = `/v1/activation/${String(authorization?.['user_code'])}`;
    const { body: checked } = await new Tv(farm).send(path);
    assert.deepEqual(checked['missingParameters'], []);
    assert.equal(checked['mvpd'], 'NorthCable');
    assert.equal(new URL(String(checked['url'])).origin, farm.stack.sandbox.url);
  });

  it('tells a wrong code, limits guessing by address, and lets others go on [ATN-15]', async () => {
    const guesser = new Tv(farm);
    const statuses: number[] = [];
    for (const code of ['AAAAAAA', 'BBBBBBB', 'CCCCCCC', 'DDDDDDD']) {
      statuses.push((await guesser.send(`/v1/activation/${code}`)).status);
    }
    assert.deepEqual(statuses, [404, 404, 404, 429]);
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    assert.equal(
      (await new Tv(farm).send(`/v1/activation/${String(body['user_code'])}`)).status,
      200,
    );
    assert.equal((await guesser.send(`/v1/activation/${String(body['user_code'])}`)).status, 429);
  });
});
