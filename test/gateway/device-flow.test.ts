import assert from 'node:assert/strict';
import { type Farm, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

describe('device flow through the gateway', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  it('goes from registration to a refreshed token and a media token [S2S-01] [S2S-23]', async () => {
    const tv = await Tv.registered(farm);
    const { status, body: shown, headers } = await tv.authorize();
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(String(shown['user_code']), /^[A-Z0-9]{4,12}$/);
    assert.equal(shown['verification_uri'], `${farm.url}/activate`);
    assert.equal(
      shown['verification_uri_complete'],
      `${farm.url}/activate?user_code=${String(shown['user_code'])}`,
    );
    assert.ok(Number.isInteger(shown['expires_in']) && Number(shown['expires_in']) >= 1);
    assert.ok(Number.isInteger(shown['interval']) && Number(shown['interval']) >= 1);

    const pending = await tv.poll(shown['device_code']);
    assert.equal(pending.status, 400);
    assert.equal(pending.body['error'], 'authorization_pending');
    assert.equal(pending.headers.get('cache-control'), 'no-store');

    await signIn(farm, shown['user_code']);
    const { status: done, body: token } = await pollUntilDone(tv, shown['device_code']);
    assert.equal(done, 200, JSON.stringify(token));
    assert.equal(token['token_type'], 'Bearer');
    assert.equal(token['expires_in'], 600);
    assert.equal(token['scope'], 'tv');

    const refreshed = await tv.refresh(token['refresh_token']);
    assert.equal(refreshed.status, 200);
    assert.equal(refreshed.body['refresh_token'], token['refresh_token']);
    const access = String(refreshed.body['access_token']);

    const play = await tv.send('/v1/authorize', { token: access, json: { resource: 'REF30' } });
    assert.equal(play.status, 200, JSON.stringify(play.body));
    assert.equal(play.body['status'], 'permitted');
    const { value } = play.body['mediaToken'] as { value: string };
    assert.ok(value.length > 100);

    const session = await tv.send('/v1/session', { token: access });
    assert.equal(session.body['status'], 'signed-in');
    assert.ok(session.body['attributes']);

    const decisions = await tv.send('/v1/preauthorize', {
      token: access,
      json: { resources: ['REF30'] },
    });
    assert.deepEqual(
      (decisions.body['decisions'] as { authorized: boolean }[]).map(
        ({ authorized }) => authorized,
      ),
      [true],
    );
  });

  it('gives the same code and device_code while one is pending', async () => {
    const tv = await Tv.registered(farm);
    const first = await tv.authorize();
    const second = await tv.authorize();
    await tv.poll(first.body['device_code']);
    const third = await tv.authorize(); // from memory by now
    for (const { body } of [second, third]) {
      assert.equal(body['user_code'], first.body['user_code']);
      assert.equal(body['device_code'], first.body['device_code']);
    }
  });

  it('answers SIGNED-IN to who is signed in already, with the token at the first poll', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    await pollUntilDone(tv, body['device_code']);
    const again = await tv.authorize();
    assert.equal(again.body['user_code'], 'SIGNED-IN');
    assert.equal(again.body['interval'], 1);
    const { status, body: token } = await tv.poll(again.body['device_code']);
    assert.equal(status, 200);
    assert.ok(token['refresh_token']);
  });

  it('repeats the token for a lost answer', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    const first = await pollUntilDone(tv, body['device_code']);
    const second = await tv.poll(body['device_code']);
    assert.equal(second.status, 200);
    assert.equal(second.body['refresh_token'], first.body['refresh_token']);
  });

  it('asks who polls too fast to slow down, but never keeps a result from them', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    assert.equal((await tv.poll(body['device_code'])).body['error'], 'authorization_pending');
    const fast = await tv.poll(body['device_code']);
    assert.equal(fast.status, 400);
    assert.equal(fast.body['error'], 'slow_down');
    // 50 % of the advertised second, and no more after a slow_down than before.
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.equal((await tv.poll(body['device_code'])).body['error'], 'authorization_pending');
    await signIn(farm, body['user_code']);
    const { status } = await pollUntilDone(tv, body['device_code']);
    assert.equal(status, 200);
    assert.equal((await tv.poll(body['device_code'])).status, 200);
  });

  it('asks Temporal nothing for a poll', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await tv.poll(body['device_code']); // registers the watch
    const { client } = farm.stack;
    const calls: string[] = [];
    const { workflowService } = client.connection as typeof client.connection & {
      workflowService: object;
    };
    const spied = new Set(['queryWorkflow', 'updateWorkflowExecution', 'signalWorkflowExecution']);
    const restore = [...spied].map((name) => {
      const methods = workflowService as Record<string, unknown>;
      const real = methods[name];
      methods[name] = (...args: unknown[]) => {
        // Of its limits a gateway tells another workflow, whoever polls.
        if (JSON.stringify(args[0]).includes('"device:')) calls.push(name);
        return (real as (...args: unknown[]) => unknown).apply(workflowService, args);
      };
      return () => {
        methods[name] = real;
      };
    });
    for (let polls = 0; polls < 20; polls += 1) await tv.poll(body['device_code']);
    for (const undo of restore) undo();
    assert.deepEqual(calls, []);
  });
});
