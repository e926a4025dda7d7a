import assert from 'node:assert/strict';
import type { Sealed } from '../../../src/sealing/index.ts';
import type { AwaitingLogin } from '../../../src/workflows/state.ts';
import { isShared, withVisit } from '../../../src/workflows/visits.ts';

describe('the browsers that opened a code', () => {
  it('are not kept without end, not even those of one household', () => {
    let phase: AwaitingLogin = {
      name: 'awaiting-login',
      code: 'ABCDEFG',
      startedAt: 1,
      notAfter: 2,
      missingParameters: [],
      screen: 'second',
      proof: 'proof' as Sealed<null>,
    };
    let opened = 0;
    for (; opened < 1_000 && !isShared(phase); opened += 1) {
      const browser = {
        code: phase.code,
        browser: `private ${opened}`,
        network: 'home',
        home: true,
      };
      phase = withVisit(phase, browser, { generation: 1, now: opened });
    }
    assert.equal(opened, 50);
  });
});
