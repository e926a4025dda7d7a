import assert from 'node:assert/strict';
import { base, cleanUp, clientOf, recorder } from './support.ts';

const viewer = { ...base, mvpd: 'Cable' };
const mrss = (title: string, rating = '') =>
  `<rss version="2.0"><channel><title>${title}</title>${rating}</channel></rss>`;
const RATING = '<media:rating scheme="urn:mpaa">pg</media:rating>';

/** Asks for resources; the answer has them written as given, permitted but for those with a `~`. */
async function decided(asked: string[], answered: (string | undefined)[]) {
  const decisions = answered.map((resource) => ({
    resource: resource?.replace('~', ''),
    authorized: !resource?.includes('~'),
  }));
  const pass = clientOf(await recorder(() => ({ body: { decisions } })));
  const found = await pass.preauthorize({ ...viewer, resources: asked });
  return found.map(({ resource, authorized }) => [resource, authorized]);
}

describe('the decision for a resource', () => {
  afterEach(cleanUp);

  const echoes: [asked: string, answered: string][] = [
    ['Channel One', 'channel one'],
    ['channel', 'CHANNEL'],
    [' e ', 'e'],
    ['e', ' e\n'],
    ['Channel One', 'Channel  One'],
    ['A&E', 'A&amp;E'],
    ['A&amp;E', 'A&E'],
    ['Ü', 'U\u0308'],
    [mrss('REF30'), mrss('REF30').replaceAll('><', '>\n  <')],
    [mrss('REF30'), `<?xml version="1.0"?>\n${mrss('REF30').replaceAll('"', "'")}`],
    [mrss('REF30'), 'REF30'],
    ['REF30', mrss('REF30')],
    [mrss('A &amp; B'), mrss('<![CDATA[A & B]]>')],
    [mrss('R', RATING), mrss('R', RATING).toUpperCase()],
  ];
  for (const [asked, answered] of echoes) {
    it(`is found though ${JSON.stringify(asked)} comes back as ${JSON.stringify(answered)}`, async () => {
      assert.deepEqual(await decided([asked], [answered]), [[asked, true]]);
      const both = await decided(['first', asked], [`~${answered}`, 'FIRST']);
      assert.deepEqual(both, [
        ['first', true],
        [asked, false],
      ]);
    });
  }

  it('is one for each, in the order asked', async () => {
    assert.deepEqual(await decided(['c', 'a', 'b'], ['a', '~b', 'c']), [
      ['c', true],
      ['a', true],
      ['b', false],
    ]);
  });

  it('does for two spellings of an id, answered once or twice', async () => {
    const both = [
      ['e', true],
      ['e ', true],
    ];
    assert.deepEqual(await decided(['e', 'e '], ['e']), both);
    assert.deepEqual(await decided(['e', 'e '], ['e', 'e']), both);
  });

  it('is that of its own id where another differs in case only', async () => {
    assert.deepEqual(await decided(['ABC', 'abc'], ['~abc', 'ABC']), [
      ['ABC', true],
      ['abc', false],
    ]);
  });

  it('is not that of another: of nobody who asked, of another rating', async () => {
    assert.deepEqual(await decided(['a'], ['b']), []);
    assert.deepEqual(await decided([mrss('R', RATING)], ['R']), []);
  });

  it('needs no id where there is but one', async () => {
    assert.deepEqual(await decided(['a'], [undefined]), [['a', true]]);
    assert.deepEqual(await decided(['a', 'b'], [undefined]), []);
  });
});

describe('ids in CDATA', () => {
  afterEach(cleanUp);

  it('are not sent to be preauthorized, and have no answer [RES-01]', async () => {
    const server = await recorder(() => ({
      body: { decisions: [{ resource: 'r', authorized: true }] },
    }));
    const pass = clientOf(server);
    const hidden = mrss('<![CDATA[A & B]]>');
    const found = await pass.preauthorize({ ...viewer, resources: [hidden, 'r'] });
    assert.deepEqual(
      found.map(({ resource }) => resource),
      ['r'],
    );
    assert.equal(server.received[0]?.body, '{"resources":["r"]}');
    assert.deepEqual(await pass.preauthorize({ ...viewer, resources: [hidden] }), []);
    assert.equal(server.received.length, 1);
    await pass.authorize({ ...viewer, resources: [hidden] });
    assert.match(server.received[1]?.body ?? '', /CDATA/);
  });
});
