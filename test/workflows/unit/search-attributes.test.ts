import assert from 'node:assert/strict';
import { searchAttributes } from '../../../src/workflows/search-attributes.ts';
import { newDevice, recordError } from '../../../src/workflows/state.ts';

describe('search attributes', () => {
  it('are short enough for any server, whatever Adobe calls an error', () => {
    const error = { operation: 'profiles', at: 1, action: 'none', message: 'odd' };
    const state = recordError(newDevice('demo', 'device'), { ...error, code: 'x'.repeat(100_000) });
    const values = searchAttributes(state).map(({ value }) => value);
    assert.ok(values.includes('x'.repeat(200)));
  });
});
