import assert from 'node:assert/strict';
import { readOptions } from '../../bench/options.ts';

const DEFAULTS = { devices: 2_000, rate: 100, 'at-once': 16, waiting: 0 };
const read = (...args: string[]) => readOptions(args, DEFAULTS, ['waiting']);

describe('options of benchmarks', () => {
  it('takes what is given, and defaults for the rest', () => {
    assert.deepEqual(
      { ...read('--devices', '500', '--rate', '0.5', '--json', '--server', 'postgres') },
      { ...DEFAULTS, devices: 500, rate: 0.5, json: true, server: 'postgres' },
    );
  });

  const refused: [args: string[], message: string][] = [
    [['--devices', 'many'], '--devices "many": give a whole number greater than 0'],
    [['--devices', '0'], '--devices "0": give a whole number greater than 0'],
    [['--devices', '1.5'], '--devices "1.5": give a whole number greater than 0'],
    [['--devices', ''], '--devices "": give a whole number greater than 0'],
    [['--devices', 'Infinity'], '--devices "Infinity": give a whole number greater than 0'],
    [['--rate', '0'], '--rate "0": give a number greater than 0'],
    [['--waiting=-1'], '--waiting "-1": give a whole number of 0 or more'],
    [['--server', 'cloud'], '--server "cloud": use dev or postgres'],
  ];
  for (const [args, message] of refused) {
    it(`refuses ${args.join(' ')} in one line`, () => {
      assert.throws(() => read(...args), { message });
    });
  }

  it('takes none for what may be none', () => {
    assert.equal(read('--waiting', '0').waiting, 0);
  });
});
