import assert from 'node:assert/strict';
import { eventsOf } from './events.ts';
import { type Farm, installationOf, pollUntilDone, signIn, startFarm, Tv } from './support.ts';

describe('a TV that only looks', () => {
  let farm: Farm;
  before(async () => {
    farm = await startFarm();
  });
  after(() => farm.stop());

  const workflowsOf = async (tv: Tv) => {
    const { workflowId } = farm.stack.tv({ app: farm.tvApp, id: installationOf(tv.clientId) });
    return farm.stack.client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        ({ status }) => status.name,
        (error: Error) => error.name,
      );
  };

  it('has no workflow, and none of Adobe’s sessions', async () => {
    const tv = await Tv.registered(farm);
    const token = await tv.ownToken();
    const events = eventsOf(farm.url, token);
    assert.equal((await events.next()).value?.event, 'signed-out');
    const { body } = await tv.send('/v1/session', { token });
    assert.deepEqual([body['status'], body['reason']], ['signed-out', 'new']);
    assert.equal((await tv.send('/v1/mvpds', { token })).status, 200);
    assert.deepEqual((await tv.send('/v1/profiles', { token })).body, { profiles: [] });
    assert.equal(await workflowsOf(tv), 'WorkflowNotFoundError');
    await events.return(undefined);
    await tv.authorize();
    assert.equal(await workflowsOf(tv), 'RUNNING');
  });

  it('is watched by the gateway that it asks for a code, with no request more', async () => {
    const tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    assert.equal((await tv.poll(body['device_code'])).body['error'], 'authorization_pending');
    await signIn(farm, body['user_code']);
    assert.equal((await pollUntilDone(tv, body['device_code'])).status, 200);
    const { workflowId } = farm.stack.tv({ app: farm.tvApp, id: installationOf(tv.clientId) });
    const { events } = await farm.stack.client.workflow.getHandle(workflowId).fetchHistory();
    const updates = (events ?? []).flatMap(
      (event) =>
        event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name ?? [],
    );
    assert.deepEqual(
      updates.filter((name) => name === 'authenticate' || name === 'watch'),
      ['authenticate'],
    );
  });

  it('hears of its code and its sign-in, at whichever gateway it asks for the code', async () => {
    const second = await farm.another();
    for (const { url } of [farm, second]) {
      const tv = await Tv.registered(farm);
      const events = eventsOf(farm.url, await tv.ownToken());
      assert.equal((await events.next()).value?.event, 'signed-out');
      const { body } = await tv.authorize({}, url);
      const code = (await events.next()).value;
      assert.equal(code?.event, 'code');
      assert.equal(code?.data['user_code'], body['user_code']);
      assert.equal(code?.data['device_code'], body['device_code']);
      await signIn(farm, body['user_code']);
      assert.equal((await events.next()).value?.event, 'signed-in');
      assert.equal((await pollUntilDone(tv, body['device_code'], url)).status, 200);
      await events.return(undefined);
    }
    await second.stop();
  });
});
