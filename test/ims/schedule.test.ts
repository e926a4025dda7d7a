import assert from 'node:assert/strict';
import { schedule } from '../../src/ims/schedule.ts';
import { dayMs, hourMs, minuteMs } from './support.ts';

const beforeEnd = (lifeMs: number, chance = 0) =>
  lifeMs - schedule({ expiresAt: lifeMs }, 0, chance).renewAt;

describe('renewal is due', () => {
  it('5 % before the end of a long life, 5 minutes of a short one, half of a very short one', () => {
    assert.equal(beforeEnd(dayMs), 72 * minuteMs);
    assert.equal(beforeEnd(hourMs), 5 * minuteMs);
    assert.equal(beforeEnd(4 * minuteMs), 2 * minuteMs);
  });

  it('by jitter up to a fifth earlier, never later', () => {
    assert.equal(beforeEnd(dayMs, 0.5), 72 * minuteMs * 1.1);
    assert.ok(beforeEnd(dayMs, 0.999) < 72 * minuteMs * 1.2);
  });

  it('and callers wait for it in the last minute, or the last quarter of a short life', () => {
    assert.equal(schedule({ expiresAt: dayMs }, 0, 0).reserveMs, minuteMs);
    assert.equal(schedule({ expiresAt: 10_000 }, 0, 0).reserveMs, 2500);
  });

  it('not for a token that came dead', () => {
    assert.throws(() => schedule({ expiresAt: 5 }, 5, 0), /had ended already/);
  });
});
