import assert from 'node:assert/strict';
import { z } from 'zod';
import { KeyRing } from '../../src/client.ts';
import { Signed } from '../../src/gateway/signed.ts';

describe('signed values', () => {
  const anything = z.looseObject({});

  it('are the same text for the same content, and count for one purpose only', async () => {
    const signed = new Signed(KeyRing.generate());
    const text = await signed.sign('client', { a: 1 });
    assert.equal(await signed.sign('client', { a: 1 }), text);
    assert.match(text, /^[A-Za-z0-9._-]+$/);
    assert.deepEqual(await signed.read('client', anything, text), { a: 1 });
    assert.equal(await signed.read('refresh', anything, text), undefined);
  });

  it('are read with every key of the ring, and by no other ring', async () => {
    const old = KeyRing.generate();
    const text = await new Signed(old).sign('refresh', { a: 1 });
    const both = old.withNewKey();
    const rotated = new Signed(both.withFirst(both.ids.at(-1) ?? ''));
    assert.deepEqual(await rotated.read('refresh', anything, text), { a: 1 });
    const foreign = new Signed(KeyRing.generate());
    assert.equal(await foreign.read('refresh', anything, text), undefined);
    assert.equal(await foreign.read('refresh', anything, 'a.b.c'), undefined);
    assert.equal(await foreign.read('refresh', anything, ''), undefined);
  });
});
