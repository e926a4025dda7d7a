import assert from 'node:assert/strict';
import { KeyRing } from '../../src/sealing/index.ts';
import { approve, progress } from '../../src/workflows/key-rollout/messages.ts';
import { eventually } from '../support/stack.ts';
import { ended, keysOf } from './support.ts';
import { failed, startTroubledFarm, type TroubledFarm } from './troubled-farm.ts';

describe('a console, agents and users that are not as they should be', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let farm: TroubledFarm;
  afterEach(() => farm.stop());

  for (const status of [401, 403] as const) {
    it(`a console that answers ${status} is asked once, and nothing is changed`, async () => {
      farm = await startTroubledFarm();
      farm.target.faults.set({ kind: `console-${status}`, times: 99 });
      const { message } = failed(await farm.stack.roll(), 'refused', 'console_refused');
      assert.match(message, new RegExp(`HTTP ${status}`));
      assert.match(message, /correct AEM_HOST_ADMIN_USER and AEM_HOST_ADMIN_PASSWORD/);
      assert.equal(farm.target.requests.length, 1, 'whoever insists locks the account');
      await farm.asBefore();
    });
  }

  it('a console that refuses midway is asked no more; files go back, the rest is for a person', async () => {
    farm = await startTroubledFarm();
    farm.onStep = (host, step) => {
      if (host !== farm.last.id || step !== 'activateKeys:begun') return;
      farm.last.faults.set({ kind: 'console-401', times: 99 });
    };
    const { details } = failed(await farm.stack.roll(), 'needs_attention', 'console_refused');
    assert.deepEqual(await keysOf(farm.stack.farm), farm.before);
    assert.match(
      details.todo.join('; '),
      new RegExp(`restart ${farm.last.id}: it may hold other keys`),
    );
    assert.equal(farm.last.failures().get('admin'), 1, 'whoever insists locks the account');
  });

  it('a configuration that was not written is told from one that was', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'write-lost' });
    const lost = failed(await farm.stack.roll(), 'rolled_back', 'configuration_not_written');
    assert.match(lost.message, /HTTP 200, it took the form for a question/);
    await farm.asBefore();
    farm.target.faults.set({ kind: 'write-login-page' });
    const led = failed(await farm.stack.roll(), 'rolled_back', 'configuration_not_written');
    assert.match(led.message, /HTTP 302, it led to another page/);
    await farm.asBefore();
  });

  it('a configuration that lost something else is told of', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'write-damages' });
    const { message } = failed(await farm.stack.roll(), 'rolled_back', 'configuration_damaged');
    assert.match(message, /skip\.token\.refresh/);
    await farm.asBefore();
  });

  it('a property that the console hides needs force wherever the switch is written', async () => {
    farm = await startTroubledFarm();
    const [source] = farm.stack.farm.instances;
    assert.ok(source);
    source.deploy({ 'site.note': 'kept to itself' });
    const end = failed(await farm.stack.roll(), 'refused', 'needs_force');
    assert.match(end.message, new RegExp(`^${source.id}: .*site\\.note.*--force`));
    await farm.asBefore();

    assert.equal((await farm.stack.roll({ force: true })).report?.outcome, 'done');
    farm.target.deploy({ 'token.encapsulated': false, 'site.note': 'kept to itself' });
    const equal = failed(await farm.stack.roll(), 'refused', 'needs_force');
    assert.match(equal.message, new RegExp(`^${farm.target.id}: .*site\\.note.*--force`));
    assert.doesNotMatch(equal.message, new RegExp(source.id), 'whose switch is on already');
  });

  it('a farm whose test users differ is refused', async () => {
    farm = await startTroubledFarm();
    farm.last.users.set('viewer', { password: 'viewer', groups: ['everyone', 'others'] });
    const { message } = failed(await farm.stack.roll(), 'refused', 'users_differ');
    assert.match(message, /viewer in subscribers, viewers on .* but viewer in others on/);
    farm.last.users.delete('viewer');
    const earlier = farm.last.requests.length;
    const refused = failed(await farm.stack.roll(), 'refused', 'test_user_refused');
    assert.match(refused.message, /correct AEM_HOST_TEST_USER and AEM_HOST_TEST_PASSWORD/);
    const logins = farm.last.requests
      .slice(earlier)
      .filter(({ path }) => path.endsWith('j_security_check'));
    assert.equal(logins.length, 1, 'a refused login is not repeated');
    await farm.asBefore();
  });

  it('a test user who is an administrator proves nothing, and is refused', async () => {
    farm = await startTroubledFarm();
    const viewer = farm.last.users.get('viewer');
    assert.ok(viewer);
    farm.last.users.set('viewer', { ...viewer, groups: [...viewer.groups, 'administrators'] });
    failed(await farm.stack.roll(), 'refused', 'test_user_unfit');
    await farm.asBefore();
  });

  it('an agent that is not there, or is beside another instance, is named', async () => {
    farm = await startTroubledFarm({ without: ['publish3'] });
    const limits = {
      heartbeatTimeoutMs: 2_000,
      settleWithinMs: 2_000,
      pollMs: 20,
      agentWithinMs: 1_000,
      rollBackWithinMs: 1_000,
    };
    const missing = failed(await farm.stack.roll({ limits }), 'refused', 'agent_missing');
    assert.equal(
      missing.message,
      `the agent of ${farm.last.id} did not answer for 1 s: start \`devicepass agent\` there`,
    );
    const hosts = farm.stack.farm.instances
      .slice(0, 2)
      .map(({ id }) => ({ id, url: farm.last.url }));
    const wrong = failed(await farm.stack.roll({ hosts }), 'refused', 'wrong_url');
    assert.match(wrong.message, /correct one of them/);
  });

  it('agents that do not share a key ring can give each other nothing', async () => {
    farm = await startTroubledFarm({
      settings: (settings) =>
        settings.host.id.startsWith('publish2')
          ? { ...settings, keys: KeyRing.generate() }
          : settings,
    });
    const { message } = failed(await farm.stack.roll({ dryRun: true }), 'refused', 'sealed_value');
    assert.match(message, new RegExp(`^${farm.target.id} can't open what it was given`));
    assert.match(message, /the same AEM_HOST_KEYS/);
    failed(await farm.stack.roll(), 'refused', 'sealed_value');
    await farm.asBefore();
  });

  it('an agent that seals with a key of its own is found before anything is changed', async () => {
    farm = await startTroubledFarm({
      settings: (settings) => {
        const own = `${KeyRing.generate().export()},${settings.keys.export()}`;
        return settings.host.id.startsWith('publish2')
          ? { ...settings, keys: KeyRing.parse(own) }
          : settings;
      },
    });
    const { message } = failed(await farm.stack.roll(), 'refused', 'sealed_value');
    assert.match(message, new RegExp(`can't open what that of ${farm.target.id} seals`));
    await farm.asBefore();
  });

  it('cancelling puts everything back', async () => {
    farm = await startTroubledFarm();
    const handle = await farm.stack.startRollout({ approveEach: true });
    const waitsFor = async (step: string) =>
      eventually(
        async () => (await handle.query(progress)).waitingFor === step,
        `it waits for ${step}`,
      );
    await waitsFor(farm.target.id);
    await handle.executeUpdate(approve, { args: [farm.target.id] });
    await waitsFor(farm.last.id);
    assert.equal(
      (await keysOf(farm.stack.farm))[1],
      farm.before[0],
      'the second has the keys by now',
    );
    await handle.cancel();
    failed(await ended(handle), 'rolled_back', 'cancelled');
    await farm.asBefore();
  });
});
