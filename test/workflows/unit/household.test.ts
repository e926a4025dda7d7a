import assert from 'node:assert/strict';
import type { Sealed } from '../../../src/sealing/index.ts';
import type { Household } from '../../../src/workflows/messages.ts';
import * as state from '../../../src/workflows/state.ts';

const sealed = <T>(text: string) => text as Sealed<T>;
const facts = { model: 'a', version: '1', osName: 'Linux', osVersion: '1', connectionType: 'LAN' };
const network = sealed<{ ip: string }>('network');
const proof = sealed<null>('proof');
const from = (household?: Household) => ({ facts, network, ...(household ? { household } : {}) });
const fresh = state.newDevice('demo', 'device');

describe('the household of a device', () => {
  const named = state.nameTv(state.hear(fresh, from({ id: 'new', proof }), 1), sealed('Kitchen'));

  it('stays with its name while requests bring none', () => {
    const heard = state.hear(named, from(), 2);
    assert.deepEqual([heard.household, heard.name], [{ id: 'new', proof }, 'Kitchen']);
    assert.equal(heard.lastSeenAt, 2);
  });

  it('is the same by the key of before, and by the next', () => {
    const next = { id: 'newer', proof: sealed<null>('other'), formerIds: ['new', 'old'] };
    const heard = state.hear(named, from(next), 2);
    assert.deepEqual(heard.household, { id: 'newer', proof: 'other' });
    assert.equal(heard.name, 'Kitchen');
  });

  it('is forgotten with its name for another one', () => {
    const heard = state.hear(named, from({ id: 'others', proof, formerIds: ['old'] }), 2);
    assert.deepEqual([heard.household?.id, heard.name], ['others', undefined]);
    const none = state.leaveHousehold(named);
    assert.ok(!('household' in none) && !('name' in none));
    assert.ok(!('name' in state.nameTv(named, undefined)));
  });
});
