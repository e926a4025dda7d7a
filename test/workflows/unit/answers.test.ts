import assert from 'node:assert/strict';
import { type DeviceState, newDevice, recordAnswer } from '../../../src/workflows/state.ts';

const after = (...answers: [id: string, answer: unknown][]): DeviceState =>
  answers.reduce((state, [id, answer]) => recordAnswer(state, id, answer), newDevice('demo', 'd'));
const idsOf = ({ answers }: DeviceState) => answers.map(({ id }) => id);
const long = 'x'.repeat(20_000);

describe('the answers that a device keeps', () => {
  it('are the last twenty', () => {
    const all = Array.from({ length: 25 }, (_, index): [string, unknown] => [`a${index}`, index]);
    assert.deepEqual(
      idsOf(after(...all)),
      all.slice(5).map(([id]) => id),
    );
  });

  it('are fewer where they are long, or a new run could not take them over', () => {
    const state = after(['a', long], ['b', 1], ['c', long], ['d', long], ['e', long]);
    assert.deepEqual(idsOf(state), ['b', 'c', 'd', 'e']);
    assert.ok(JSON.stringify(state).length < 70_000);
  });

  it('do without one that is too long by itself', () => {
    assert.deepEqual(idsOf(after(['a', 1], ['b', 'x'.repeat(70_000)])), []);
    assert.deepEqual(idsOf(after(['b', 'x'.repeat(70_000)], ['c', 2])), ['c']);
  });
});
