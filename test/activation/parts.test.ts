import assert from 'node:assert/strict';
import { readableOn } from '../../src/gateway/activation/assets.ts';
import { html } from '../../src/gateway/activation/html.ts';
import { grouped } from '../../src/gateway/activation/views/code.ts';
import { languageFor } from '../../src/gateway/languages/index.ts';
import { sameNetwork } from '../../src/gateway/networks.ts';
import { findChromium } from '../browser/chromium.ts';

describe('parts of the pages for viewers', () => {
  it('show a code in groups, however it was typed', () => {
    assert.equal(grouped('8abwuck'), '8AB WUCK');
    assert.equal(grouped(' 8-AB wu ck'), '8AB WUCK');
    assert.equal(grouped('ABCDEFGH'), 'ABCD EFGH');
    assert.equal(grouped(''), '');
  });

  it('escape everything but HTML of their own', () => {
    const name = `<b>"O'Neil" & sons</b>`;
    assert.equal(
      html`<p title="${name}">${[html`<i>${name}</i>`, false, undefined, 7]}</p>`.toString(),
      '<p title="&#60;b&#62;&#34;O&#39;Neil&#34; &#38; sons&#60;/b&#62;"><i>&#60;b&#62;&#34;O&#39;Neil&#34; &#38; sons&#60;/b&#62;</i>7</p>',
    );
  });

  it('take the language that the browser likes best of ours', () => {
    for (const [header, lang] of [
      [undefined, 'en'],
      ['', 'en'],
      ['es-MX,es;q=0.9,en;q=0.8', 'es'],
      ['fr-FR, es;q=0.5, en;q=0.4', 'es'],
      ['fr, *;q=0.1', 'en'],
      ['es;q=0, en', 'en'],
      ['es;q=nonsense', 'en'],
    ] as const) {
      assert.equal(languageFor(header).lang, lang, String(header));
    }
  });

  it('write black or white on the colour of the brand, whichever reads better', () => {
    assert.equal(readableOn('#0b57d0'), '#ffffff');
    assert.equal(readableOn('#ffd400'), '#000000');
    assert.equal(readableOn('#a8c7fa'), '#000000');
  });

  it('tell one household from another, and say nothing where they can not', () => {
    assert.equal(sameNetwork('203.0.113.7', '203.0.113.7'), true);
    assert.equal(sameNetwork('203.0.113.7', '203.0.113.8'), false);
    assert.equal(sameNetwork('192.168.1.4', '192.168.1.9'), true);
    assert.equal(sameNetwork('2001:db8:0:1::5', '2001:db8:0:1::6'), true);
    assert.equal(sameNetwork('2001:db8:0:1::5', '2001:db8:0:2::6'), false);
    assert.equal(sameNetwork('2001:db8:0:1::5', '203.0.113.8'), undefined);
    assert.equal(sameNetwork('...', '203.0.113.8'), undefined);
  });

  it('need an installed Chromium for their browser tests, and say which and how', () => {
    assert.throws(() => findChromium({ PATH: '/nowhere' }), /^Error: no chromium.*apt-get install/);
    assert.throws(() => findChromium({ CHROMIUM: '/no/such' }), /CHROMIUM is "\/no\/such"/);
  });
});
