import assert from 'node:assert/strict';
import { CompactEncrypt } from 'jose';
import {
  type Binding,
  KeyRing,
  needsResealing,
  open,
  seal,
  type Sealed,
  SealedError,
} from '../../src/sealing/index.ts';

const day = new Date('2026-03-01T10:00:00Z');
const BINDING: Binding = { purpose: 'credentials', owner: ['demo', 'd3v1ce'] };
const content = { clientSecret: 'very-secret-value', list: [1, 2] };

/** As values were sealed before they had a binding. */
async function sealedBefore(ring: KeyRing): Promise<Sealed<unknown>> {
  const { id, secret } = ring.sealingKey;
  const text = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id })
    .encrypt(secret);
  return text as Sealed<unknown>;
}

describe('a sealed value', () => {
  it('opens to what was sealed, and shows nothing of it [S2S-06]', async () => {
    const ring = KeyRing.generate();
    const sealed = await seal(ring, content, BINDING);
    assert.deepEqual(await open(ring, sealed, BINDING), content);
    const shown = sealed
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const text of [sealed, ...shown]) assert.ok(!text.includes('very-secret-value'));
  });

  it('is different each time, also for the same content', async () => {
    const ring = KeyRing.generate();
    assert.notEqual(await seal(ring, content, BINDING), await seal(ring, content, BINDING));
  });

  it('is a compact JWE that names its key', async () => {
    const ring = KeyRing.generate(day);
    const [header = '', ...rest] = (await seal(ring, content, BINDING)).split('.');
    assert.equal(rest.length, 4);
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
      alg: 'dir',
      enc: 'A256GCM',
      kid: ring.ids[0],
      for: 'credentials.4EumfHpnLdv_2CkNoiIU1A',
    });
  });

  it('stays shut for a ring without its key, and says which key is missing', async () => {
    const [ring, other] = [KeyRing.generate(day), KeyRing.generate(new Date(0))];
    const sealed = await seal(ring, content, BINDING);
    await assert.rejects(open(other, sealed, BINDING), (error) => {
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
    await assert.rejects(open(twin, await seal(ring, content, BINDING), BINDING), SealedError);
  });

  it('stays shut when any part of it was changed', async () => {
    const ring = KeyRing.generate();
    const sealed = await seal(ring, content, BINDING);
    const parts = sealed.split('.');
    // The second part, the encrypted key, is empty with `dir`.
    for (const index of [0, 2, 3, 4]) {
      const part = parts[index] ?? '';
      const first = part.startsWith('A') ? 'B' : 'A';
      const changed = parts.with(index, first + part.slice(1)).join('.') as Sealed<unknown>;
      await assert.rejects(open(ring, changed, BINDING), SealedError, `part ${index}`);
    }
    for (const cut of [sealed.slice(0, -4), `${sealed}.x`, sealed.replace('..', '.AAAA.')]) {
      await assert.rejects(open(ring, cut as Sealed<unknown>, BINDING), SealedError);
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
      await assert.rejects(
        open(ring, value as Sealed<unknown>, BINDING),
        SealedError,
        String(value),
      );
    }
  });
});

describe('rotating keys', () => {
  it('takes two steps, and every value opens at each of them', async () => {
    const before = KeyRing.generate(day);
    const old = await seal(before, content, BINDING);

    const both = before.withNewKey();
    assert.equal(both.ids.length, 2);
    assert.equal(both.ids[0], before.ids[0], 'the old key still seals');
    assert.deepEqual(await open(both, old, BINDING), content);
    assert.deepEqual(await open(before, await seal(both, content, BINDING), BINDING), content);

    const after = both.withLastKeyFirst();
    assert.deepEqual(after.ids, both.ids.toReversed());
    const fresh = await seal(after, content, BINDING);
    assert.deepEqual(await open(after, old, BINDING), content);
    assert.deepEqual(
      await open(both, fresh, BINDING),
      content,
      'a process that is one step behind opens it',
    );
    await assert.rejects(open(before, fresh, BINDING), SealedError);
  });

  it('makes old values worth sealing anew, and only those', async () => {
    const before = KeyRing.generate(day);
    const after = before.withNewKey().withLastKeyFirst();
    const old = await seal(before, content, BINDING);
    assert.equal(needsResealing(before, old), false);
    assert.equal(needsResealing(before.withNewKey(), old), false);
    assert.equal(needsResealing(after, old), true);
    assert.equal(needsResealing(after, await seal(after, content, BINDING)), false);
    assert.equal(needsResealing(after, await sealedBefore(after)), true, 'and who has no binding');
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
      assert.deepEqual(await open(last, await seal(ring, content, BINDING), BINDING), content);
  });
});

describe('what a value is sealed for', () => {
  const ring = KeyRing.generate();
  const refused = (wanted: Binding, message: RegExp) => async () => {
    const sealed = await seal(ring, content, BINDING);
    await assert.rejects(open(ring, sealed, wanted), (error) => {
      assert.ok(error instanceof SealedError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /very-secret|d3v1ce|\n/);
      return true;
    });
  };

  it(
    'is compared: not that of another device',
    refused({ ...BINDING, owner: ['demo', 'other'] }, /^sealed as credentials of another owner/),
  );
  it(
    'is compared: not that of another app',
    refused({ ...BINDING, owner: ['other', 'd3v1ce'] }, /another owner/),
  );
  it(
    'is compared: owners that are written alike are not the same',
    refused({ ...BINDING, owner: ['demo","d3v1ce'] }, /another owner/),
  );
  it(
    'is compared: not another purpose',
    refused({ ...BINDING, purpose: 'profile' }, /^sealed as credentials, not as profile/),
  );

  it('is part of what is authenticated', async () => {
    const [mine, wanted] = [
      await seal(ring, content, BINDING),
      await seal(ring, content, { ...BINDING, owner: ['demo', 'other'] }),
    ].map((sealed) => sealed.split('.'));
    const forged = [wanted?.[0], ...(mine?.slice(1) ?? [])].join('.') as Sealed<unknown>;
    const other = { ...BINDING, owner: ['demo', 'other'] };
    await assert.rejects(open(ring, forged, other), /it was changed/);
  });
});

describe('a value from before there were bindings', () => {
  const before = KeyRing.generate(day);
  const marked = (until: string) =>
    KeyRing.parse(`${KeyRing.generate().export()},${before.export()}:unbound-until-${until}`);

  it('does not open by itself', async () => {
    const old = await sealedBefore(before);
    const rotated = before.withNewKey().withLastKeyFirst();
    for (const ring of [before, rotated]) {
      await assert.rejects(
        open(ring, old, BINDING),
        /not sealed for credentials, nor for anything/,
      );
    }
  });

  it('opens until the day that its key names, where it could have lived on in a workflow', async () => {
    const old = await sealedBefore(before);
    const ring = marked('2999-12-31');
    for (const purpose of ['credentials', 'access-token', 'network', 'profile'] as const) {
      assert.deepEqual(await open(ring, old, { ...BINDING, purpose }), content);
    }
    for (const purpose of ['media-token', 'handle', 'state', 'aem-keys', 'aem-order'] as const) {
      await assert.rejects(open(ring, old, { ...BINDING, purpose }), SealedError, purpose);
    }
    await assert.rejects(open(marked('2026-03-01'), old, BINDING), SealedError, 'the day is over');
  });

  it('of a key without the mark stays shut beside one that has it', async () => {
    const other = KeyRing.generate();
    const ring = KeyRing.parse(`${other.export()},${before.export()}:unbound-until-2999-12-31`);
    await assert.rejects(open(ring, await sealedBefore(other), BINDING), SealedError);
  });

  it('needs a mark that is a day, on a key that does not seal', () => {
    const [one, two] = [KeyRing.generate().export(), KeyRing.generate().export()];
    for (const mark of ['unbound', 'unbound-until-', 'unbound-until-2026-13-45', 'x']) {
      assert.throws(() => KeyRing.parse(`${one},${two}:${mark}`), /entry 2 is not "id:secret"/);
    }
    assert.throws(
      () => KeyRing.parse(`${one}:unbound-until-2999-12-31`),
      /seals, so it may open no unbound values: put a new key first/,
    );
    const text = `${one},${two}:unbound-until-2999-12-31`;
    assert.equal(KeyRing.parse(text).export(), text, 'and is kept');
  });
});
