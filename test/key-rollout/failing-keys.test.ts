import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keysOf } from './support.ts';
import { failed, postsTo, startTroubledFarm, type TroubledFarm } from './troubled-farm.ts';

describe("keys that can't be found, written or read", function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let farm: TroubledFarm;
  afterEach(() => farm.stop());

  it('another number of the key bundle than at the preflight ends it, and all goes back', async () => {
    farm = await startTroubledFarm();
    farm.onStep = (_host, step) => {
      if (step === `readKeys:${farm.last.id}`) farm.last.moveKeyBundle();
    };
    const { message } = failed(await farm.stack.roll(), 'rolled_back', 'bundle_moved');
    assert.match(message, new RegExp(`${farm.last.id}: com.adobe.granite.crypto.file was bundle`));
    await farm.asBefore();
  });

  it('a key bundle without keys is refused, before anything is changed', async () => {
    farm = await startTroubledFarm();
    writeFileSync(join(farm.target.keyFolder(), 'hmac'), '');
    farm.before = await keysOf(farm.stack.farm);
    const { message } = failed(await farm.stack.roll(), 'refused', 'keys_missing');
    assert.match(message, new RegExp(`^${farm.target.id}: .* lacks hmac`));
    assert.deepEqual(await keysOf(farm.stack.farm), farm.before);
  });

  it('keys in the repository are named as such', async () => {
    farm = await startTroubledFarm();
    writeFileSync(join(farm.target.keyFolder(), 'master'), '');
    writeFileSync(farm.target.cryptoStorage, 'JCR');
    const { message } = failed(await farm.stack.roll(), 'refused', 'keys_in_repository');
    assert.match(message, /\/etc\/key/);
  });

  it('a wrong mode of the files is corrected, and the keys are read', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'files-unreadable' });
    await farm.worked(await farm.stack.roll());
    for (const name of ['hmac', 'master']) {
      assert.equal(statSync(join(farm.target.keyFolder(), name)).mode & 0o777, 0o600);
    }
  });

  it('one file overwritten by somebody else is found before the switch, and all goes back', async () => {
    farm = await startTroubledFarm();
    farm.onStep = (host, step) => {
      if (host !== farm.last.id || step !== 'activateKeys') return;
      writeFileSync(join(farm.target.keyFolder(), 'master'), 'somebody else');
      farm.onStep = () => {};
    };
    const { message } = failed(await farm.stack.roll(), 'rolled_back', 'keys_mixed');
    assert.match(message, /only one of the two keys: something else wrote master/);
    await farm.asBefore();
  });

  it('a bundle that stays resolved after the refresh is started', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'refresh-stays-resolved' });
    await farm.worked(await farm.stack.roll());
    assert.ok(farm.target.requests.some(({ form }) => form.get('action') === 'start'));
  });

  it('a bundle that cannot be started takes a restart of the framework', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'refresh-needs-restart' });
    await farm.worked(await farm.stack.roll());
    assert.ok(postsTo(farm.target, '/vmstat').length > 0);
  });

  it('a connection lost with the refresh, then 503, is waited for; so is the body `false`', async () => {
    // Slow enough that the look after it finds bundles down.
    farm = await startTroubledFarm({ farm: { refreshMs: 300 } });
    farm.target.faults.set({ kind: 'refresh-reset' });
    farm.last.faults.set({ kind: 'refresh-false' });
    await farm.worked(await farm.stack.roll());
    assert.equal(
      farm.target.requests.filter(({ form }) => form.get('action') === 'refresh').length,
      1,
    );
  });

  it('an SSO login that no longer finds its key store puts everything back', async () => {
    farm = await startTroubledFarm({ farm: { saml: true } });
    const refused = failed(await farm.stack.roll(), 'refused', 'needs_force');
    assert.match(refused.message, /unreadable: .*SamlAuthenticationHandler.*--force/);
    await farm.asBefore();

    const watchedPaths = ['/saml/login'];
    const end = await farm.stack.roll({ force: true, watchedPaths });
    const { message } = failed(end, 'rolled_back', 'bundles_not_back');
    assert.match(message, /com\.adobe\.granite\.auth\.saml \(4\)/);
    await farm.asBefore();
    assert.ok(farm.stack.farm.instances.every((instance) => instance.samlWorks()));
  });

  it('a watched path that answers otherwise afterwards puts everything back', async () => {
    farm = await startTroubledFarm();
    farm.onStep = (host, step) => {
      if (host !== farm.target.id || step !== 'activateKeys:begun') return;
      farm.target.faults.set({ kind: 'status', path: '/libs/sso', status: 500, times: 200 });
      farm.onStep = (_host, next) => {
        if (next === 'restoreKeys') farm.target.faults.clear();
      };
    };
    const end = await farm.stack.roll({ watchedPaths: ['/libs/sso'] });
    const { message } = failed(end, 'rolled_back', 'path_changed');
    assert.match(message, /\/libs\/sso answers 500 instead of 404/);
    await farm.asBefore();
  });
});
