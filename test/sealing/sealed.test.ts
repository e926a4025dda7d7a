import assert from 'node:assert/strict';
import {
  KeyRing,
  needsResealing,
  open,
  seal,
  type Sealed,
  SealedError,
} from '../../src/sealing/index.ts';

const day = new Date('2026-03-01T10:00:00Z');
const content = { clientSecret: 'very-secret-value', list: [1, 2] };

describe('a sealed value', () => {
  it('opens to what was sealed, and shows nothing of it [S2S-06]', async () => {
    const ring = KeyRing.generate();
    const sealed = await seal(ring, content);
    assert.deepEqual(await open(ring, sealed), content);
    const shown = sealed
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const text of [sealed, ...shown]) assert.ok(!text.includes('very-secret-value'));
  });

  it('is different each time, also for the same content', async () => {
    const ring = KeyRing.generate();
    assert.notEqual(await seal(ring, content), await seal(ring, content));
  });

  it('is a compact JWE that names its key', async () => {
    const ring = KeyRing.generate(day);
    const [header = '', ...rest] = (await seal(ring, content)).split('.');
    assert.equal(rest.length, 4);
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
      alg: 'dir',
      enc: 'A256GCM',
      kid: ring.ids[0],
    });
  });

  it('stays shut for a ring without its key, and says which key is missing', async () => {
    const [ring, other] = [KeyRing.generate(day), KeyRing.generate(new Date(0))];
    const sealed = await seal(ring, content);
    await assert.rejects(open(other, sealed), (error) => {
      assert.ok(error instanceof SealedError);
      assert.equal(
        error.message,
        `sealed with key ${ring.ids[0]}, which is not in the ring (${other.ids[0]}): add it to DEVICEPASS_KEYS`,
      );
      return true;
    });
  });

  it('stays shut for another key of the same id', async () => {
    const ring = KeyRing.generate(day);
    const [id = ''] = ring.ids;
    const twin = new KeyRing([{ id, secret: new Uint8Array(32) }]);
    await assert.rejects(open(twin, await seal(ring, content)), SealedError);
  });

  it('stays shut when any part of it was changed', async () => {
    const ring = KeyRing.generate();
    const sealed = await seal(ring, content);
    const parts = sealed.split('.');
    // The second part, the encrypted key, is empty with `dir`.
    for (const index of [0, 2, 3, 4]) {
      const part = parts[index] ?? '';
      const first = part.startsWith('A') ? 'B' : 'A';
      const changed = parts.with(index, first + part.slice(1)).join('.') as Sealed<unknown>;
      await assert.rejects(open(ring, changed), SealedError, `part ${index}`);
    }
    for (const cut of [sealed.slice(0, -4), `${sealed}.x`, sealed.replace('..', '.AAAA.')]) {
      await assert.rejects(open(ring, cut as Sealed<unknown>), SealedError);
    }
  });

  it('is told from anything else', async () => {
    const ring = KeyRing.generate();
    const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      '',
      'eyJhbGciOiJub25lIn0.e30.',
      '203.0.113.7',
      `${header({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`,
      `${header({ alg: 'none', kid: ring.ids[0] })}..a.b.c`,
      `${header({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', kid: ring.ids[0] })}.a.a.b.c`,
      `${header({ alg: 'dir', enc: 'A256GCM', zip: 'DEF', kid: ring.ids[0] })}..a.b.c`,
      undefined,
    ];
    for (const value of forged) {
      await assert.rejects(open(ring, value as Sealed<unknown>), SealedError, String(value));
    }
  });
});

describe('rotating keys', () => {
  it('takes two steps, and every value opens at each of them', async () => {
    const before = KeyRing.generate(day);
    const old = await seal(before, content);

    const both = before.withNewKey();
    assert.equal(both.ids.length, 2);
    assert.equal(both.ids[0], before.ids[0], 'the old key still seals');
    assert.deepEqual(await open(both, old), content);
    assert.deepEqual(await open(before, await seal(both, content)), content);

    const after = both.withLastKeyFirst();
    assert.deepEqual(after.ids, both.ids.toReversed());
    const fresh = await seal(after, content);
    assert.deepEqual(await open(after, old), content);
    assert.deepEqual(
      await open(both, fresh),
      content,
      'a process that is one step behind opens it',
    );
    await assert.rejects(open(before, fresh), SealedError);
  });

  it('makes old values worth sealing anew, and only those', async () => {
    const before = KeyRing.generate(day);
    const after = before.withNewKey().withLastKeyFirst();
    const old = await seal(before, content);
    assert.equal(needsResealing(before, old), false);
    assert.equal(needsResealing(before.withNewKey(), old), false);
    assert.equal(needsResealing(after, old), true);
    assert.equal(needsResealing(after, await seal(after, content)), false);
    assert.throws(() => needsResealing(after, 'nothing' as Sealed<unknown>), SealedError);
  });

  it('works with more than two keys', async () => {
    const rings = [KeyRing.generate()];
    for (let i = 0; i < 4; i += 1) {
      rings.push((rings.at(-1) ?? KeyRing.generate()).withNewKey().withLastKeyFirst());
    }
    const last = rings.at(-1) ?? KeyRing.generate();
    assert.equal(last.ids.length, 5);
    for (const ring of rings)
      assert.deepEqual(await open(last, await seal(ring, content)), content);
  });
});
