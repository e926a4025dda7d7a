import assert from 'node:assert/strict';
import { failed, postsTo, startTroubledFarm, type TroubledFarm } from './troubled-farm.ts';

describe('logins that are refused after a roll-out of keys', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let farm: TroubledFarm;
  afterEach(() => farm.stop());

  it('an opaque cookie right after the switch is an old one: the login is repeated', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'switch-late' });
    await farm.worked(await farm.stack.roll());
    assert.equal(postsTo(farm.target, '/vmstat').length, 0);
  });

  it('a switch that is not in force takes stronger means', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'switch-needs-restart' });
    await farm.worked(await farm.stack.roll());
    assert.ok(postsTo(farm.target, '/vmstat').length > 0);
  });

  it('keys that a refresh does not bring are brought by the key bundle, or a restart', async () => {
    farm = await startTroubledFarm();
    farm.target.faults.set({ kind: 'refresh-keeps-keys' });
    farm.last.faults.set({ kind: 'refresh-keeps-keys-until-restart' });
    await farm.worked(await farm.stack.roll());
    assert.equal(postsTo(farm.target, '/vmstat').length, 0, 'no more than it takes');
    assert.ok(postsTo(farm.last, '/vmstat').length > 0);
  });

  it('logins that stay refused put everything back', async () => {
    farm = await startTroubledFarm();
    farm.last.faults.set({ kind: 'refresh-keeps-keys-for-good' });
    const { message, details } = failed(await farm.stack.roll(), 'rolled_back', 'login_refused');
    assert.match(message, new RegExp(`${farm.target.id} to ${farm.last.id}`));
    assert.ok(details.proof.some(({ honoured }) => !honoured));
    await farm.asBefore();
  });
});
