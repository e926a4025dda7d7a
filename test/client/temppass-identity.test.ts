import assert from 'node:assert/strict';
import { hashOfIdentity } from '../../src/client/temppass-identity.ts';

/** Documented for user@domain.com (`temp-pass-feature`). */
const DOCUMENTED = 'f7ee5ec7312165148b69fcca1d29075b14b8aef0b5048a332b18b88d09069fb7';

describe('the identity of a promotional TempPass', () => {
  it('is the documented hash, however the address is written [TMP-02]', () => {
    for (const address of ['user@domain.com', ' User@Domain.COM\n']) {
      assert.equal(hashOfIdentity(address), DOCUMENTED);
    }
    assert.notEqual(hashOfIdentity('user2@domain.com'), DOCUMENTED);
  });

  it('may be a hash already, of SHA-256 or SHA-512', () => {
    for (const hash of [DOCUMENTED, DOCUMENTED.repeat(2)]) {
      assert.equal(hashOfIdentity(hash.toUpperCase()), hash);
    }
  });
});
