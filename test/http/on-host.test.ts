import assert from 'node:assert/strict';
import { onHost } from '../../src/http/index.ts';

const HOST = 'https://aem.example:8443';

describe('a path from an answer', () => {
  for (const [given, path] of [
    ['/home/users/u', '/home/users/u'],
    ['home', '/home'],
    ['?x=1', '/?x=1'],
    ['https://aem.example:8443/a', '/a'],
    ['//aem.example:8443/a', '/a'],
    ['/a/../b', '/b'],
    ['/x@y:z', '/x@y:z'],
  ] as const) {
    it(`stays on the host that answered: ${JSON.stringify(given)}`, () => {
      assert.equal(onHost(given, HOST)?.href, HOST + path);
    });
  }

  for (const given of [
    '//other.example/home',
    '///other.example/home',
    '\\\\other.example\\home',
    '/\\other.example/home',
    '/\t/other.example/home',
    '\n//other.example/home',
    '/\r\n/other.example',
    'https://other.example/',
    'https:\\\\other.example',
    'https:/\\other.example',
    'http://aem.example:8443/',
    'https://aem.example/',
    'https://aem.example:8444/',
    'https://aem.example.evil.example:8443/',
    'https://user@aem.example:8443/',
    'https://user:password@aem.example:8443/',
    'https://aem.example:8443@other.example/',
    'ftp://aem.example:8443/',
    'blob:https://aem.example:8443/1',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://',
    undefined,
    null,
    7,
  ]) {
    it(`leads nowhere: ${JSON.stringify(given)}`, () => {
      assert.equal(onHost(given, HOST), undefined);
    });
  }

  it('may lead to another host that is named', () => {
    const url = 'https://sp.example/login';
    assert.equal(onHost(url, HOST, ['https://sp.example'])?.href, url);
    assert.equal(onHost('https://sp.example:444/', HOST, ['https://sp.example']), undefined);
    assert.equal(onHost('http://sp.example/', HOST, ['https://sp.example']), undefined);
  });
});
