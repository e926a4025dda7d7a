import assert from 'node:assert/strict';
import { Permits } from '../../../src/workflows/permits.ts';

const HOUR = 3_600_000;
const NEVER = Number.MAX_SAFE_INTEGER;

describe('permits for filtering', () => {
  it('hold for an hour, and not longer than the profile [S2S-09]', () => {
    const permits = new Permits();
    permits.add('long', 1_000, NEVER);
    permits.add('short', 1_000, 5_000);
    const held = (now: number) => ['long', 'short'].map((resource) => permits.hold(resource, now));
    assert.deepEqual(held(4_999), [true, true]);
    assert.deepEqual(held(5_000), [true, false]);
    assert.deepEqual(held(1_000 + HOUR - 1), [true, false]);
    assert.deepEqual(held(1_000 + HOUR), [false, false]);
  });

  it('are none for what was denied since, and for another viewer', () => {
    const permits = new Permits();
    for (const resource of ['a', 'b']) permits.add(resource, 0, NEVER);
    permits.remove('a');
    assert.deepEqual([permits.hold('a', 1), permits.hold('b', 1)], [false, true]);
    permits.clear();
    assert.equal(permits.hold('b', 1), false);
  });
});
