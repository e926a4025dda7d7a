import assert from 'node:assert/strict';
import { createHttp } from '../../src/http/index.ts';
import { imsOrigin } from '../../src/ims/hosts.ts';
import { ADOBE_IMS_HOSTS, ImsError, createIms } from '../../src/ims/index.ts';
import { startImsSandbox } from '../../src/sandbox/ims/index.ts';
import { cleanUp as closeHttp, freePort, privateCertificate, proxying } from '../http/support.ts';
import { cleanUp, refusal, stage, textOf } from './support.ts';

describe('the way to IMS', () => {
  afterEach(cleanUp);
  afterEach(closeHttp);

  it('complaint: proxy or private CA: settable, and each error names its hop', async () => {
    const tls = privateCertificate();
    const sandbox = await startImsSandbox({ tls });
    const proxy = await proxying((given) => (given === undefined ? 407 : undefined));
    const ask = async (options: Parameters<typeof createHttp>[0]) => {
      const http = createHttp(options);
      const ims = createIms({ http, allowedHosts: [sandbox.host], tries: 1 });
      const source = ims.tokens(textOf(sandbox.serviceCredentials()));
      return source.accessToken().finally(() => http.close());
    };
    const certificateAuthorities = tls.cert;
    try {
      const untrusted = await refusal(ask({}));
      assert.deepEqual(
        [untrusted.code, untrusted.hop],
        ['certificate_untrusted', `ims ${sandbox.host}`],
      );
      assert.match(untrusted.hint, /private CA/);
      assert.ok((await ask({ certificateAuthorities })).reveal());
      const unnamed = { certificateAuthorities, proxy: { url: proxy.url } };
      const refused = await refusal(ask(unnamed));
      assert.deepEqual(
        [refused.code, refused.hop, refused.status],
        ['proxy_refused', `proxy 127.0.0.1:${proxy.port}`, 407],
      );
      const named = { url: proxy.url.replace('//', '//me:pw@') };
      assert.ok((await ask({ certificateAuthorities, proxy: named })).reveal());
      const port = await freePort();
      const absent = { certificateAuthorities, proxy: { url: `http://127.0.0.1:${port}` } };
      assert.equal((await refusal(ask(absent))).hop, `proxy 127.0.0.1:${port}`);
    } finally {
      await sandbox.stop();
    }
  });

  it('a secret is sent to listed hosts only, and by https', () => {
    const adobe = (host: string) => imsOrigin(host, ADOBE_IMS_HOSTS);
    assert.equal(adobe('ims-na1.adobelogin.com'), 'https://ims-na1.adobelogin.com');
    assert.equal(adobe('ims-na1-stg1.adobelogin.com'), 'https://ims-na1-stg1.adobelogin.com');
    assert.equal(adobe('https://ims-na1.adobelogin.com/'), 'https://ims-na1.adobelogin.com');
    for (const host of [
      'evil.test',
      'adobelogin.com.evil.test',
      'evil-adobelogin.com',
      'http://ims-na1.adobelogin.com',
      'evil.test/ims-na1.adobelogin.com',
      'user@evil.test#.adobelogin.com',
      'evil.test?.adobelogin.com',
      '127.0.0.1:80',
      '169.254.169.254',
    ]) {
      assert.throws(
        () => adobe(host),
        (error) => error instanceof ImsError && error.code === 'host_not_allowed',
        host,
      );
    }
    assert.equal(imsOrigin('127.0.0.1:99', ['http://127.0.0.1:99']), 'http://127.0.0.1:99');
    assert.throws(() => imsOrigin('ims.test', ['http://ims.test']), ImsError, 'not on loopback');
  });

  it('a host that is not listed gets no request', async () => {
    const { sandbox, tokens, calls } = await stage({ ims: { allowedHosts: ADOBE_IMS_HOSTS } });
    const error = await refusal(tokens(sandbox.serviceCredentials()).accessToken());
    assert.equal(error.code, 'host_not_allowed');
    assert.match(error.hint, /\*\.adobelogin\.com/);
    assert.equal(calls(), 0);
  });
});
