import assert from 'node:assert/strict';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from '../gateway/support.ts';
import { Visitor } from './visitor.ts';

const USED_UP = 'temporary_access_duration_limit_exceeded';

describe('a provider that can not be had', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());
  afterEach(() => farm.stack.sandbox.faults.clear());

  const shownCode = async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    return { tv, code: String(body['user_code']), deviceCode: body['device_code'] };
  };
  const atProviders = async (code: string) => {
    const visitor = new Visitor(farm.url);
    await visitor.get('/activate');
    await visitor.submit({ user_code: code });
    await visitor.get('/activate/provider');
    return visitor;
  };
  /** A trial whose time is over, as Adobe says it where it is asked for the profile. */
  const useUpTrial = (details?: string) => {
    const error = { code: USED_UP, action: 'authentication', status: 403 };
    const message = 'The <b>free preview</b> is over.';
    const body = JSON.stringify({ ...error, message, ...(details ? { details } : {}) });
    const fault = { kind: 'body', status: 403, body, times: 99 } as const;
    for (const operation of ['profileByMvpd', 'profileByCode'] as const) {
      farm.stack.sandbox.faults.set({ ...fault, operation });
    }
  };
  const answerAction = (actionName: string) =>
    farm.stack.sandbox.faults.set({
      operation: 'resumeSession',
      kind: 'body',
      body: JSON.stringify({ actionName, actionType: 'interactive', url: '/x' }),
    });

  it("is told in Adobe's words on the page, and the code is good for another", async () => {
    const { tv, code, deviceCode } = await shownCode();
    const visitor = await atProviders(code);
    answerAction('authorize');
    useUpTrial();
    const { status, text } = await visitor.submit({ user_code: code, mvpd: 'SkyDish' });
    assert.equal(status, 409);
    assert.match(text, /can not be used with your TV right now/);
    assert.ok(text.includes('The &#60;b&#62;free preview&#60;/b&#62; is over.'), text);
    assert.match(text, /North Cable/);
    const { body } = await tv.poll(deviceCode);
    assert.equal(body['error'], 'authorization_pending');

    farm.stack.sandbox.faults.clear();
    const chosen = await visitor.submit({ user_code: code, mvpd: 'NorthCable' });
    assert.equal(chosen.headers.get('location'), '/activate/continue');
  });

  it("is told in the provider's own words where there are some, in the API", async () => {
    const { tv, code, deviceCode } = await shownCode();
    const phone = new Tv({ url: farm.url, statement: '' });
    answerAction('authorize');
    useUpTrial('Come back next month.');
    const json = { mvpd: { id: 'SkyDish' } };
    const refused = await phone.send(`/v1/activation/${code}`, { json });
    assert.deepEqual(
      [refused.status, refused.body['code'], refused.body['message'], refused.body['action']],
      [409, USED_UP, 'Come back next month.', 'none'],
    );
    farm.stack.sandbox.faults.clear();
    await signIn(farm, code);
    assert.equal((await pollUntilDone(tv, deviceCode)).status, 200);
  });

  it('is no wrong code where Adobe answers what nobody knows: try another', async () => {
    const { code } = await shownCode();
    const visitor = await atProviders(code);
    answerAction('confirm_household');
    const { status, text } = await visitor.submit({ user_code: code, mvpd: 'NorthCable' });
    assert.equal(status, 409);
    assert.match(text, /can not be used with your TV right now/);
    assert.doesNotMatch(text, /does not work/);
  });

  it('is a wrong code where Adobe has ended it meanwhile', async () => {
    const { code } = await shownCode();
    const fault = { operation: 'resumeSession', kind: 'error' } as const;
    farm.stack.sandbox.faults.set({ ...fault, code: 'invalid_authentication_session' });
    const phone = new Tv({ url: farm.url, statement: '' });
    const json = { mvpd: { id: 'NorthCable' } };
    const { status, body } = await phone.send(`/v1/activation/${code}`, { json });
    assert.deepEqual([status, body['code']], [404, 'unknown_code']);
  });
});
