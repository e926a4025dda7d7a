import assert from 'node:assert/strict';
import { preparedSamlResponse } from '../../src/adobe-pass/index.ts';

const decoded = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString();

describe('a SAML response of a framework', () => {
  const xml = ' <a\t \tb="ü">\r\n  <c>x</c>\n</a>\n';
  const line = '<a b="ü"> <c>x</c></a>';

  it('becomes Base64 of one line with single blanks [SSO-01]', () => {
    assert.equal(decoded(preparedSamlResponse(xml)), line);
  });

  it('that is Base64 already is not encoded twice, whatever lines it came in [SSO-01]', () => {
    const base64 = Buffer.from(xml).toString('base64');
    assert.equal(decoded(preparedSamlResponse(base64)), line);
    const inLines = base64.replaceAll(/.{8}/g, '$&\r\n');
    assert.equal(preparedSamlResponse(inLines), preparedSamlResponse(xml));
  });

  it('is XML, or nothing is made of it', () => {
    for (const other of ['', 'a response', '%3Ca%3E', Buffer.from('text').toString('base64')]) {
      assert.equal(preparedSamlResponse(other), undefined, other);
    }
  });
});
