import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { KeyRing, KeyRingError } from '../../src/sealing/index.ts';

const SECRET = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ';

describe('a key ring', () => {
  it('is read from the text that it was written to', () => {
    const ring = KeyRing.generate().withNewKey();
    const copy = KeyRing.parse(` ${ring.export().replace(',', ' , ')} `);
    assert.deepEqual(copy.ids, ring.ids);
    assert.equal(copy.export(), ring.export());
    assert.equal(copy.sealingKey.id, ring.ids[0]);
    assert.equal(copy.find('nobody'), undefined);
  });

  const wrong: [what: string, text: string, message: RegExp][] = [
    ['nothing at all', '', /^no key: make one with `devicepass keys generate`$/],
    ['only separators', ' , ,', /^no key: /],
    ['a secret without an id', SECRET, /^entry 1 is not "id:secret" with a base64url secret$/],
    ['an id without a secret', `one:${SECRET},two:`, /^entry 2 is not "id:secret"/],
    ['three parts', `one:${SECRET}:x`, /^entry 1 is not "id:secret"/],
    ['a short secret', 'one:c2hvcnQ', /^key one has 5 bytes: it must have 32$/],
    ['a long secret', `one:${SECRET}${SECRET}`, /^key one has \d\d bytes: it must have 32$/],
    ['an id twice', `one:${SECRET},one:${SECRET}`, /^key id one comes twice: ids must differ$/],
    ['an odd id', `key one:${SECRET}`, /^a key id is not 1 to 40 letters, digits, \. _ or -$/],
    ['id and secret swapped', `${SECRET}:one`, /^a key id is not 1 to 40 letters/],
  ];
  for (const [what, text, message] of wrong) {
    it(`refuses ${what} in one line that repeats no key`, () => {
      assert.throws(
        () => KeyRing.parse(text),
        (error) => {
          assert.ok(error instanceof KeyRingError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes('\n'));
          assert.ok(!error.message.includes(SECRET.slice(0, 12)));
          assert.ok(!error.message.includes('c2hvcnQ'));
          return true;
        },
      );
    });
  }

  it('is refused with the name of the setting that it comes from', () => {
    assert.throws(() => KeyRing.parse('one', 'DEVICEPASS_KEYS'), {
      name: 'KeyRingError',
      message: 'DEVICEPASS_KEYS: entry 1 is not "id:secret" with a base64url secret',
    });
  });

  it('shows its ids and no key, however it is printed [AI-02]', () => {
    const ring = KeyRing.parse(`one:${SECRET},two:${'B'.repeat(43)}`);
    const bytes = Buffer.from(SECRET, 'base64url');
    const shown = [
      inspect(ring),
      inspect({ ring }, { depth: 9, showHidden: true }),
      format('%s %o %O %j', ring, ring, ring, ring),
      JSON.stringify({ ring }),
      JSON.stringify(Object.entries(ring)),
    ];
    for (const text of shown) {
      assert.ok(!text.includes(SECRET.slice(0, 10)), text);
      assert.ok(!text.includes(bytes.toString().slice(0, 6)), text);
      assert.ok(!text.includes([...bytes.subarray(0, 3)].join(', ')), text);
    }
    assert.match(inspect(ring), /one, two/);
    assert.equal(JSON.stringify(ring), '{"keyIds":["one","two"]}');
  });
});
