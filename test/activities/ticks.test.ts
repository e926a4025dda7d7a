import assert from 'node:assert/strict';
import { atTick, isInTime } from '../../src/activities/questions.ts';

describe('polls that are due together', () => {
  it('are due at fifths of a second, never before they were wanted', () => {
    assert.deepEqual([1_000, 1_001, 1_199, 1_200].map(atTick), [1_000, 1_200, 1_200, 1_200]);
  });

  it('follow one interval after what was due, unless that went out late', () => {
    assert.equal(isInTime(Date.now() - 5), true);
    assert.equal(isInTime(Date.now() - 150), false);
  });
});
