import assert from 'node:assert/strict';
import { resourceIdOf } from '../../src/catalogue/index.ts';
import { title } from './support.ts';

const byAsset = { authorizeWith: 'asset', assetId: 'asset-1' } as const;

describe('the resource id of a title', () => {
  it('is the name of its channel', () => {
    assert.equal(resourceIdOf(title({ assetId: 'asset-1' })), 'city-news');
  });

  it('is MRSS with asset and rating where the title asks for it', () => {
    const rating = { scheme: 'urn:v-chip', value: 'tv-pg' };
    assert.equal(
      resourceIdOf(title({ ...byAsset, rating })),
      '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>city-news</title>' +
        '<item><title>Harbor Stories</title><guid>asset-1</guid>' +
        '<media:rating scheme="urn:v-chip">tv-pg</media:rating></item></channel></rss>',
    );
    assert.ok(!resourceIdOf(title(byAsset))?.includes('rating'));
  });

  it('escapes what means something in XML', () => {
    const text = `a<b>&"c"'d' ]]> <!--`;
    const made = resourceIdOf(
      title({ ...byAsset, title: text, assetId: text, rating: { scheme: text, value: text } }),
    );
    const escaped = 'a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos; ]]&gt; &lt;!--';
    assert.equal(made?.split(escaped).length, 5, 'four times, and never as it was');
    assert.ok(!made.includes(text));
  });

  it('leaves out what no XML may hold, and keeps every script', () => {
    const made = resourceIdOf(title({ ...byAsset, title: '\u0000北\uD800 🎬\u000B\uFFFE ü' }));
    assert.match(made ?? '', /<title>北 🎬 ü<\/title>/);
  });

  it('is none for a title that anybody may watch', () => {
    assert.equal(resourceIdOf(title({ requiresAuth: false })), undefined);
  });
});
