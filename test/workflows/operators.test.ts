import assert from 'node:assert/strict';
import { defineQuery } from '@temporalio/workflow';
import {
  LAST_ERROR,
  MVPD,
  PHASE,
  SERVICE_PROVIDER,
} from '../../src/workflows/search-attributes.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { errorOf, newTv, showCode, signIn } from './support.ts';

const metadata = defineQuery<{ currentDetails?: string }>('__temporal_workflow_metadata');

describe('what an operator sees', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack();
  });
  after(() => stack.stop());

  const found = async (query: string) => {
    const ids: string[] = [];
    const all = `TaskQueue = '${stack.config.taskQueue}' AND ${query}`;
    for await (const { workflowId } of stack.client.workflow.list({ query: all }))
      ids.push(workflowId);
    return ids;
  };

  it('finds devices by phase, provider, service provider and last error', async () => {
    const [waiting, playing] = [newTv(stack), newTv(stack)];
    await showCode(waiting.tv, { mvpd: { id: 'SkyDish' } });
    await signIn(playing.tv);
    await playing.tv.authorize('premium-1');

    const handle = stack.client.workflow.getHandle(playing.tv.workflowId);
    const { typedSearchAttributes } = await handle.describe();
    assert.deepEqual(
      [PHASE, MVPD, SERVICE_PROVIDER, LAST_ERROR].map((key) => typedSearchAttributes.get(key)),
      ['signed-in', 'NorthCable', 'REF30', 'authorization_denied_by_mvpd'],
    );
    const queries = {
      "DevicepassPhase = 'awaiting-login'": waiting,
      "DevicepassMvpd = 'SkyDish'": waiting,
      "DevicepassPhase = 'signed-in' AND DevicepassServiceProvider = 'REF30'": playing,
      "DevicepassLastError = 'authorization_denied_by_mvpd'": playing,
    };
    for (const [query, { tv }] of Object.entries(queries)) {
      await eventually(async () => (await found(query)).join() === tv.workflowId, query);
    }
  });

  it('reads phase, code, last error and trace in the details, and no secret [EEC-07] [AI-02]', async () => {
    const { tv } = newTv(stack);
    const detailsOf = async () => {
      const handle = stack.client.workflow.getHandle(tv.workflowId);
      return (await handle.query(metadata)).currentDetails ?? '';
    };
    const { code } = await showCode(tv);
    const waiting = await detailsOf();
    assert.match(waiting, new RegExp(`Waiting for a login with code ${code} until 20`));
    assert.match(waiting, /No error that lasts/);
    await tv.abandon();

    await signIn(tv);
    const play = await tv.authorize('premium-1');
    assert.ok(play.status === 'denied' && play.trace);
    const denied = await detailsOf();
    assert.match(denied, /Signed in with NorthCable until 20/);
    assert.match(
      denied,
      /Last error: `authorization_denied_by_mvpd` \(authorize of premium-1, action none\)/,
    );
    assert.match(denied, /The viewer was told: .*subscription/);
    assert.ok(denied.includes(`Trace \`${play.trace}\``));
    for (const operation of ['register', 'token', 'createSession', 'profileByCode', 'authorize']) {
      assert.match(denied, new RegExp(`\\| ${operation} \\|`));
    }
    for (const secret of stack.sandbox.secrets()) assert.ok(!denied.includes(secret));

    // Filtering a catalogue denies something to nearly everybody: that hides no refused play.
    await tv.preauthorize(['REF30', 'premium-2']);
    const filtered = await detailsOf();
    assert.match(filtered, /\| preauthorize \|[^\n]*\| 1 of 2 permitted \| [^|]+ \|/);
    assert.match(filtered, /Last error: `authorization_denied_by_mvpd`/);
    // What works again is no error any more, and is searched for in vain.
    await tv.authorize('REF30');
    assert.match(await detailsOf(), /No error that lasts/);
    assert.equal((await tv.view()).lastError, undefined);
  });

  it('hears of what could not be read in an answer that was used', async () => {
    const { tv, options } = newTv(stack);
    const body = JSON.stringify({ profiles: { SkyDish: null } });
    stack.sandbox.faults.set({ operation: 'profiles', kind: 'body', body, ip: options.ip });
    assert.equal((await tv.authenticate()).status, 'pending');
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    const { currentDetails = '' } = await handle.query(metadata);
    assert.match(currentDetails, /Last error: `odd_answer` \(profiles, .*profiles\.SkyDish can't/);
    assert.match(currentDetails, /\| profiles \|[^\n]*profiles\.SkyDish can't be read/);
    await eventually(async () => {
      const { typedSearchAttributes } = await handle.describe();
      return typedSearchAttributes.get(LAST_ERROR) === 'odd_answer';
    }, 'found by its last error');
  });

  it('finds no workflow that was begun by mistake: it ends, and says why', async () => {
    const { tv } = newTv(stack, { app: 'typo' });
    assert.equal((await errorOf(tv.authenticate())).code, 'unknown_app');
    const handle = stack.client.workflow.getHandle(tv.workflowId);
    await eventually(async () => (await handle.describe()).status.name === 'COMPLETED', 'ended');
    const { typedSearchAttributes } = await handle.describe();
    assert.equal(typedSearchAttributes.get(LAST_ERROR), 'unknown_app');
    // Once the app is known, the device begins anew.
    const demo = stack.apps.get('demo');
    assert.ok(demo);
    stack.apps.set('typo', demo);
    assert.equal((await tv.authenticate()).status, 'pending');
  });
});
