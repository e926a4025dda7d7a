import assert from 'node:assert/strict';
import { adobePassOrigins } from '../../src/adobe-pass-hosts.ts';
import { ADOBE_PASS_ENVIRONMENTS, readConfig } from '../../src/config.ts';

const of = (domain: string) =>
  ['api', 'sp', 'sp-prequal'].map((prefix) => `https://${prefix}.${domain}`);

describe("hosts that a viewer's browser may be sent to", () => {
  for (const [name, url] of Object.entries(ADOBE_PASS_ENVIRONMENTS)) {
    it(`are all those of ${name}, and no others`, () => {
      const domain = name.endsWith('staging') ? 'auth-staging.adobe.com' : 'auth.adobe.com';
      assert.deepEqual([...adobePassOrigins(url)].sort(), of(domain).sort());
      assert.equal(adobePassOrigins(url)[0], url);
    });
  }

  it('are those of a stand-in or a proxy, those of Adobe behind it, and those of the settings', () => {
    const { adobePass } = readConfig({
      ADOBE_PASS_URL: 'http://pass.example:8090/',
      ADOBE_PASS_BROWSER_ORIGINS: 'http://login.example, http://localhost:1',
    });
    assert.deepEqual(adobePass.origins, [
      'http://pass.example:8090',
      ...of('auth.adobe.com'),
      ...of('auth-staging.adobe.com'),
      'http://login.example',
      'http://localhost:1',
    ]);
  });

  it('are not those of somebody who calls himself like Adobe', () => {
    for (const url of ['https://api.auth.adobe.com.evil.example', 'https://evil.auth.adobe.com']) {
      const others = adobePassOrigins(url).slice(1);
      assert.ok(!others.some((origin) => origin.includes('evil')));
    }
  });
});
