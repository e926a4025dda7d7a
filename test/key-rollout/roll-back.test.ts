import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf, LIMITS, loadedKeys } from './support.ts';
import { failed, postsTo, startTroubledFarm, type TroubledFarm } from './troubled-farm.ts';

describe('a roll-out of keys that is put back', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let farm: TroubledFarm;
  afterEach(() => farm.stop());

  it('restarts what has read other keys, whatever a refresh would do', async () => {
    farm = await startTroubledFarm();
    farm.last.faults.set({ kind: 'write-damages' });
    farm.onStep = (host, step) => {
      if (host !== farm.target.id || step !== 'restoreKeys') return;
      farm.target.faults.set({ kind: 'refresh-keeps-keys-until-restart' });
    };
    failed(await farm.stack.roll(), 'rolled_back', 'configuration_damaged');
    await farm.asBefore();
    const [source] = farm.stack.farm.instances;
    assert.ok(source);
    assert.equal(postsTo(source, '/vmstat').length, 0, 'its keys were never touched');
  });

  for (const [how, fault] of [
    ['refused', { kind: 'status', status: 503, path: '/system/console/vmstat', times: 9_999 }],
    ['ignored', { kind: 'restart-ignored', times: 9_999 }],
  ] as const) {
    it(`leaves a restart that is ${how} to a person, for the new keys are in force still`, async () => {
      farm = await startTroubledFarm();
      farm.last.faults.set({ kind: 'write-damages' });
      farm.target.faults.set(fault);
      const end = await farm.stack.roll({ limits: { ...LIMITS, settleWithinMs: 2_000 } });
      const { details } = failed(end, 'needs_attention', 'configuration_damaged');
      assert.deepEqual(await keysOf(farm.stack.farm), farm.before, 'the files are back');
      assert.equal(loadedKeys(farm.stack.farm)[1], farm.before[0]);
      assert.deepEqual(details.todo, [
        `restart ${farm.target.id}: it may hold other keys than its files`,
      ]);
    });
  }

  for (const [kind, code] of [
    ['write-damages', 'configuration_damaged'],
    ['write-half', 'configuration_not_written'],
  ] as const) {
    it(`mends a configuration after ${kind}`, async () => {
      farm = await startTroubledFarm();
      farm.last.faults.set({ kind });
      failed(await farm.stack.roll(), 'rolled_back', code);
      await farm.asBefore();
      const list = farm.last.tokenHandler()['skip.token.refresh'];
      assert.deepEqual(list, ['/libs/granite/csrf', '/system/health']);
    });

    it(`leaves a configuration to a person where ${kind} goes on`, async () => {
      farm = await startTroubledFarm();
      farm.last.faults.set({ kind, times: 2 });
      const { details } = failed(await farm.stack.roll(), 'needs_attention', code);
      assert.equal(details.todo.length, 1);
      assert.match(
        details.todo[0] ?? '',
        new RegExp(`TokenAuthenticationHandler of ${farm.last.id}`),
      );
      assert.match(details.todo[0] ?? '', /"skip.token.refresh":\["\/libs\/granite\/csrf",/);
    });
  }

  it('names properties that the console hides, whose lists it may have emptied', async () => {
    farm = await startTroubledFarm();
    farm.target.deploy({ 'site.notes': ['one', 'two'] });
    farm.last.faults.set({ kind: 'write-damages' });
    const end = await farm.stack.roll({ force: true });
    const { details } = failed(end, 'needs_attention', 'configuration_damaged');
    assert.equal(details.todo.length, 1);
    assert.match(details.todo[0] ?? '', new RegExp(`site\\.notes of .* on ${farm.target.id}`));
  });

  it('restarts an instance whose login goes on with the switch on', async () => {
    farm = await startTroubledFarm();
    const [source] = farm.stack.farm.instances;
    assert.ok(source);
    farm.last.faults.set({ kind: 'write-damages' });
    farm.onStep = (host, step) => {
      if (host !== farm.target.id || step !== 'restoreTokenHandler') return;
      source.faults.set({ kind: 'switch-needs-restart' });
    };
    failed(await farm.stack.roll(), 'rolled_back', 'configuration_damaged');
    await farm.asBefore();
    assert.ok(postsTo(source, '/vmstat').length > 0);
  });

  it('is looked at again: what somebody else has changed meanwhile is told of', async () => {
    farm = await startTroubledFarm();
    farm.last.faults.set({ kind: 'write-damages' });
    let restored = false;
    farm.onStep = (host, step) => {
      if (host !== farm.target.id) return;
      if (step === 'restoreKeys') restored = true;
      if (step !== 'activateKeys' || !restored) return;
      writeFileSync(join(farm.target.keyFolder(), 'master'), 'somebody else');
    };
    const { details } = failed(await farm.stack.roll(), 'needs_attention', 'configuration_damaged');
    assert.match(details.todo.join(), new RegExp(`compare the key files of ${farm.target.id}`));
  });
});
