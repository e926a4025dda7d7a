import assert from 'node:assert/strict';
import { leftToDo } from '../../src/gateway/api/logout.ts';
import type { Fault } from '../../src/sandbox/index.ts';
import { FACTS } from '../support/stack.ts';
import { eventsOf } from './events.ts';
import { type Farm, installationOf, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

describe('signing out at the gateway', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());
  afterEach(() => farm.stack.sandbox.faults.clear());

  const signedIn = async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body } = await pollUntilDone(tv, shown['device_code']);
    return { tv, token: String(body['access_token']) };
  };

  const failures: [fault: Partial<Fault> & Pick<Fault, 'kind'>, code: string][] = [
    [{ kind: 'error', code: 'authenticated_profile_missing' }, 'authenticated_profile_missing'],
    [{ kind: 'error', code: 'invalid_integration' }, 'invalid_integration'],
    [{ kind: 'expired-token' }, 'access_token_rejected'],
    [{ kind: 'status', status: 503 }, 'server_error'],
  ];
  for (const [fault, code] of failures) {
    it(`works whatever Adobe says, and tells what it said: ${code}`, async () => {
      const { tv, token } = await signedIn();
      farm.stack.sandbox.faults.set({ ...fault, operation: 'logout', times: 9, ip: tv.ip });
      const { status, body } = await tv.send('/v1/logout', { token, json: {} });
      assert.deepEqual([status, body['status'], body['actions']], [200, 'signed-out', []]);
      assert.equal((body['problem'] as Record<string, string>)['code'], code);
      // The next code is for a new sign-in, and the old token for nothing more.
      const again = await tv.authorize();
      assert.notEqual(again.body['user_code'], 'SIGNED-IN');
      assert.equal((await tv.send('/v1/session', { token })).status, 401);
      const id = installationOf(tv.clientId);
      const device = farm.stack.tv({ app: farm.tvApp, id, facts: FACTS, ip: tv.ip });
      assert.ok((await device.view()).calls.some((call) => call.code === code));
    });
  }

  it('of a device that nobody knows any more is done already', async () => {
    const { tv, token } = await signedIn();
    const id = installationOf(tv.clientId);
    const { workflowId } = farm.stack.tv({ app: farm.tvApp, id });
    await farm.stack.client.workflow.getHandle(workflowId).terminate();
    const { status, body } = await tv.send('/v1/logout', { token, json: {} });
    assert.deepEqual([status, body], [200, { status: 'signed-out', actions: [] }]);
  });

  it('is told to a TV that is forgotten: its tokens end, here too where it stood in memory', async () => {
    const tv = await Tv.registered(farm);
    const { body: shown } = await tv.authorize();
    await signIn(farm, shown['user_code']);
    const { body: tokens } = await pollUntilDone(tv, shown['device_code']);
    const token = String(tokens['access_token']);
    const events = eventsOf(farm.url, token);
    assert.equal((await events.next()).value?.event, 'signed-in');
    const id = installationOf(tv.clientId);
    await farm.stack.pass.forget({ app: farm.tvApp, id });
    const { value: told } = await events.next();
    assert.ok(told?.event === 'signed-out');
    assert.equal((told.data as Record<string, unknown>)['reason'], 'forgotten');
    await events.return(undefined);
    assert.equal((await tv.send('/v1/session', { token })).status, 401);
    const refreshed = await tv.refresh(tokens['refresh_token']);
    assert.deepEqual([refreshed.status, refreshed.body['error']], [400, 'invalid_grant']);
    const again = await tv.authorize();
    assert.notEqual(again.body['user_code'], 'SIGNED-IN', 'a new life, with a new code');
  });

  it('is not what a used-up trial asks for: its reason is told, and a code comes after it', async () => {
    const tv = await Tv.registered(farm);
    const token = await tv.ownToken();
    const used = 'temporary_access_duration_limit_exceeded';
    farm.stack.sandbox.faults.set({
      operation: 'profileByMvpd',
      kind: 'error',
      code: used,
      times: 9,
    });
    farm.stack.sandbox.faults.set({
      operation: 'createSession',
      kind: 'body',
      body: JSON.stringify({ actionName: 'authorize', reasonType: 'temporary' }),
      ip: tv.ip,
    });
    const json = { mvpd: { id: 'NorthCable' } };
    const { status, body } = await tv.send('/v1/authenticate', { token, json });
    assert.deepEqual([status, body['code'], body['action']], [403, used, 'none']);
    const shown = await tv.authorize();
    assert.equal(shown.status, 200);
    assert.notEqual(shown.body['user_code'], 'SIGNED-IN');
  });
});

describe('what is left to do after signing out', () => {
  const action = { mvpd: 'NorthCable', actionName: 'logout', actionType: 'interactive' };
  const origins = ['https://pass.example', 'https://sp.auth.adobe.com'];

  it('is to open a page of Adobe’s, on any of its hosts', () => {
    for (const origin of origins) {
      const url = `${origin}/logout`;
      assert.deepEqual(leftToDo([{ ...action, url }], origins), [
        { ...action, url, todo: 'open-url' },
      ]);
    }
  });

  it('is nothing where whoever answered names another page', () => {
    for (const url of ['https://phishing.example/', '/logout', 'javascript:alert(1)', '']) {
      assert.deepEqual(leftToDo([{ ...action, url }], origins), [{ ...action, todo: 'nothing' }]);
    }
  });
});
