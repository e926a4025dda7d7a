import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { newTv, showCode, untilStatus } from './support.ts';

const HOUR = 3_600_000;

for (const clockAheadMs of [-3 * HOUR, 3 * HOUR]) {
  describe(`where Adobe's clock is ${clockAheadMs / HOUR} hours ahead`, () => {
    let stack: Stack;
    before(async function () {
      this.timeout(300_000);
      // Profiles that are over by any clock but Adobe's own.
      stack = await startStack({ sandbox: { clockAheadMs, profileLifeMs: HOUR } });
    });
    after(() => stack.stop());

    it('a viewer has one code, signs in, plays and signs out', async () => {
      const { tv, sent } = newTv(stack);
      const { code, url, expiresAt } = await showCode(tv);
      const leftMs = expiresAt.getTime() - Date.now();
      assert.ok(leftMs > 1_700_000 && leftMs < 1_810_000, `a code of ${leftMs} ms`);
      const again = await tv.authenticate({ mvpd: { id: 'NorthCable' } });
      assert.ok(again.status === 'pending' && again.code === code);
      await signInAsViewer(url);
      await tv.browserReturned();
      const { standing } = await untilStatus(tv, 'signed-in');
      assert.ok(standing.status === 'signed-in');
      const heldMs = standing.profile.notAfter - Date.now();
      assert.ok(heldMs > 0.9 * HOUR && heldMs <= HOUR, `a sign-in of ${heldMs} ms`);
      const play = await tv.authorize('REF30');
      assert.ok(play.status === 'permitted');
      assert.ok(play.mediaToken.notAfter > Date.now());
      assert.equal((await tv.view()).lastError, undefined);
      assert.equal((await tv.logout()).status, 'signed-out');
      assert.equal(sent('createSession').length, 1);
      assert.equal(sent('token').length, 1);
    });
  });
}
