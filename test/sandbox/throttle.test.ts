import assert from 'node:assert/strict';
import { Throttle } from '../../src/sandbox/throttle.ts';

const RATE = { ratePerSecond: 1, burst: 10 };

describe('sandbox: the throttle', () => {
  it("answers the calls of Adobe's own example as it does [THR-02]", () => {
    const throttle = new Throttle(RATE);
    const served = [0, 0.3, 0.6, 0.9, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 2.1, 2.2];
    const answers = (seconds: number[]) =>
      seconds.map((second) => throttle.allows('device', 5_000 + second * 1000));
    assert.ok(answers(served).every((allowed) => allowed));
    assert.deepEqual(answers([2.4, 2.6, 2.8, 3.1]), [false, false, false, true]);
  });

  it('never gives the burst back, however long a device rests [THR-02]', () => {
    const throttle = new Throttle(RATE);
    for (let n = 0; n < 11; n += 1) assert.ok(throttle.allows('device', 0));
    assert.equal(throttle.allows('device', 0), false);
    const anHourLater = 3_600_000;
    assert.equal(throttle.allows('device', anHourLater), true);
    assert.equal(throttle.allows('device', anHourLater), false);
    assert.equal(throttle.allows('another', anHourLater), true);
  });

  it('gives a call back for each second of rest where it is told to refill', () => {
    const throttle = new Throttle({ ...RATE, burstRefills: true });
    const takes = (at: number) => {
      let taken = 0;
      while (throttle.allows('device', at)) taken += 1;
      return taken;
    };
    assert.equal(takes(0), 11, 'the free one, and the burst');
    assert.equal(takes(1_000), 1);
    assert.equal(takes(5_000), 4, 'three seconds of rest');
    assert.equal(takes(3_600_000), 11, 'never more than at first');
  });
});
