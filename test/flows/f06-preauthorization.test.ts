import assert from 'node:assert/strict';
import { type Farm, signIn as signInByPhone, startFarm } from '../gateway/support.ts';
import { outcomeAt, v2Codes } from '../../src/error-codes/index.ts';
import type { Stack } from '../support/stack.ts';
import { answersOf, errorOf, newTv, signIn } from '../workflows/support.ts';
import { OAuthTv } from './oauth-tv.ts';

const RETRY = 'network_received_error';

describe('F6 Preauthorization', () => {
  let farm: Farm;
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    farm = await startFarm();
    ({ stack } = farm);
  });
  after(() => farm.stop());
  const { denies } = answersOf(() => stack);

  it('says yes or no for filtering, and never lets anything play [PRE-01] [PRE-02] [TST-06]', async () => {
    const { tv, sent, options } = newTv(stack);
    await signIn(tv);
    const [likely] = await tv.preauthorize(['REF30']);
    assert.deepEqual(likely, { resource: 'REF30', authorized: true, source: 'mvpd' });
    // The permit above is kept, and yet Adobe's answer to the play is the one that counts.
    const error = { action: 'none', status: 403, code: 'authorization_denied_by_mvpd' };
    const body = JSON.stringify({ decisions: [{ resource: 'REF30', authorized: false, error }] });
    stack.sandbox.faults.set({ operation: 'authorize', kind: 'body', body, ip: options.ip });
    assert.equal((await tv.authorize('REF30')).status, 'denied');
    assert.equal(sent('authorize').length, 1);
  });

  it('asks for many resources in lists of five [S2S-28] [S2S-27]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const resources = Array.from({ length: 12 }, (_, index) => `channel-${index}`);
    const answers = await tv.preauthorize(resources);
    assert.deepEqual(
      answers.map(({ resource }) => resource),
      resources,
    );
    const sizes = sent('preauthorize').map(
      ({ body }) => (body as { resources: [] }).resources.length,
    );
    assert.deepEqual(sizes, [5, 5, 2]);
  });

  it('keeps permits for filtering, and asks anew for what was denied [PRE-05]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const first = await tv.preauthorize(['REF30', 'premium-1']);
    const again = await tv.preauthorize(['REF30', 'premium-1']);
    assert.deepEqual(
      again.map(({ resource, authorized }) => [resource, authorized]),
      first.map(({ resource, authorized }) => [resource, authorized]),
    );
    assert.deepEqual(sent('preauthorize').at(-1)?.body, { resources: ['premium-1'] });
    await tv.preauthorize(['REF30'], { refresh: true });
    assert.deepEqual(sent('preauthorize').at(-1)?.body, { resources: ['REF30'] });

    await tv.logout();
    await signIn(tv, { username: 'nosub' });
    const [other] = await tv.preauthorize(['REF30']);
    assert.equal(other?.authorized, false, 'a permit ends with the sign-in it was given to');
  });

  it('asks again for items that say retry, and for those alone [PRE-03] [PRE-04] [EEC-05]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const answers = await tv.preauthorize(['REF30', 'flaky-1', 'premium-1']);
    assert.deepEqual(
      answers.map(({ resource, authorized }) => [resource, authorized]),
      [
        ['REF30', true],
        ['flaky-1', true],
        ['premium-1', false],
      ],
    );
    assert.deepEqual(
      sent('preauthorize').map(({ body }) => body),
      [{ resources: ['REF30', 'flaky-1', 'premium-1'] }, { resources: ['flaky-1'] }],
    );
  });

  it('asks three times at most for what says retry, then hands it on [PRE-04]', async () => {
    const device = newTv(stack);
    await signIn(device.tv);
    const error = {
      code: 'network_received_error',
      action: 'retry',
      status: 403,
      message: 'Again.',
    };
    denies(device, 'preauthorize', error);
    const [item] = await device.tv.preauthorize(['channel-0']);
    assert.deepEqual([item?.authorized, item?.error?.action], [false, 'retry']);
    assert.equal(device.sent('preauthorize').length, 3);
  });

  it('leads to a new sign-in where Adobe says so of the whole list', async () => {
    const { tv, options } = newTv(stack);
    await signIn(tv);
    const fault = { kind: 'error', code: 'authenticated_profile_expired', ip: options.ip } as const;
    stack.sandbox.faults.set({ ...fault, operation: 'preauthorize' });
    assert.equal((await errorOf(tv.preauthorize(['REF30']))).action, 'authentication');
    assert.equal((await tv.authenticate()).status, 'pending');
  });

  it('never names resources with CDATA to Adobe, which could not match them [RES-01]', async () => {
    const { tv, sent } = newTv(stack);
    await signIn(tv);
    const resource = '<rss><![CDATA[premium]]></rss>';
    const [plain, wrapped] = await tv.preauthorize(['REF30', resource]);
    assert.deepEqual([plain?.authorized, wrapped?.authorized], [true, false]);
    assert.deepEqual(sent('preauthorize')[0]?.body, { resources: ['REF30'] });
  });

  it('of the gateway tells the TV of each resource, in the order asked, or why not [S2S-27] [ERR-03]', async () => {
    const tv = await OAuthTv.registered(farm);
    const shown = await tv.showCode();
    await signInByPhone(farm, shown.user_code);
    const token = await tv.signedIn(shown);
    // Each kind of error of the whole list has its own status.
    for (const code of ['invalid_parameter_resources', 'internal_server_error', RETRY]) {
      const known = v2Codes.find((one) => one.code === code);
      assert.ok(known);
      const { requests, gateway } = outcomeAt('preauthorize', known);
      const fault = { kind: 'error', code, times: requests, ip: tv.ip } as const;
      stack.sandbox.faults.set({ ...fault, operation: 'preauthorize' });
      const answer = await tv.answer(token, '/v1/preauthorize', { resources: ['REF30'] });
      const { code: told } = (await answer.json()) as { code: string };
      assert.deepEqual([answer.status, told], [gateway, code]);
    }
    const resources = ['premium-1', 'REF30'];
    const { decisions } = await tv.ask(token, '/v1/preauthorize', { resources });
    assert.deepEqual(
      (decisions as { resource: string; authorized: boolean }[]).map(({ resource, authorized }) => [
        resource,
        authorized,
      ]),
      [
        ['premium-1', false],
        ['REF30', true],
      ],
    );
  });
});
