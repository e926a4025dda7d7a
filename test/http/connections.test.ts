import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import type { HttpOptions } from '../../src/http/index.ts';
import { createHttp } from '../../src/http/index.ts';
import { cleanUp, client, proxying, serving } from './support.ts';

/** Resolves every name to what `address` says at the moment. */
function resolver(address: () => string): LookupFunction {
  return (_name, options, callback) => {
    if (options.all) callback(null, [{ address: address(), family: 4 }]);
    else callback(null, address(), 4);
  };
}

describe('connections', () => {
  afterEach(cleanUp);

  async function followed(options: (moved: { port: number }) => HttpOptions, atHost: string) {
    const hits = { old: 0, moved: 0 };
    const old = await serving((_request, response) => {
      hits.old += 1;
      response.end('old');
    });
    await serving(
      (_request, response) => {
        hits.moved += 1;
        response.end('moved');
      },
      '127.0.0.2',
      old.port,
    );
    const http = client({ dnsMaxAgeMs: 250, ...options(old) });
    const url = new URL(`http://${atHost}:${old.port}/`);
    return { hits, busy: async (until: number) => busy(http, url, until) };
  }

  async function busy(http: ReturnType<typeof client>, url: URL, ms: number) {
    const end = performance.now() + ms;
    while (performance.now() < end) await http.send({ url });
  }

  it('follow a name that moved, however busy they are', async () => {
    let address = '127.0.0.1';
    const { hits, busy } = await followed(() => ({ lookup: resolver(() => address) }), 'aem.test');
    await busy(80);
    assert.ok(hits.old > 5);
    address = '127.0.0.2';
    await busy(320);
    assert.ok(hits.moved > 0, 'the new address was reached');
    const before = hits.old;
    await busy(100);
    assert.equal(hits.old, before, 'the old address is left alone');
  });

  it('through a proxy live no longer either, and are reused meanwhile', async () => {
    const proxy = await proxying();
    const server = await serving((_request, response) => response.end());
    const http = client({ dnsMaxAgeMs: 200, proxy: { url: proxy.url } });
    await busy(http, server.url, 100);
    assert.deepEqual(proxy.asked, [`127.0.0.1:${server.port}`]);
    await busy(http, server.url, 150);
    assert.equal(proxy.asked.length, 2);
  });

  it('send a plain user agent and no Origin', async () => {
    let headers = {};
    const server = await serving((request, response) => {
      headers = request.headers;
      response.end();
    });
    await client().send({ url: server.url });
    assert.equal('origin' in headers, false);
    assert.equal('user-agent' in headers && headers['user-agent'], 'devicepass');
    assert.throws(() => createHttp({ userAgent: 'Mozilla/5.0' }), TypeError);
  });

  it('give every status as an answer and follow no redirect', async () => {
    const server = await serving((_request, response) =>
      response.writeHead(302, { location: '/login', 'set-cookie': ['a=1', 'b=2'] }).end('moved'),
    );
    const { status, headers, text } = await client().send({ url: server.url, method: 'POST' });
    assert.deepEqual([status, text, headers.location], [302, 'moved', '/login']);
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2']);
  });

  it('bypass the proxy for the hosts it is told', async () => {
    const proxy = await proxying();
    const server = await serving((_request, response) => response.end('direct'));
    const direct = client({ proxy: { url: proxy.url, bypass: ['.example.com', '127.0.0.1'] } });
    assert.equal((await direct.send({ url: server.url })).text, 'direct');
    assert.deepEqual(proxy.asked, []);
  });

  it('refuse settings that cannot work, without repeating a password', () => {
    for (const dnsMaxAgeMs of [0, 30_001, Number.NaN]) {
      assert.throws(() => createHttp({ dnsMaxAgeMs }), RangeError);
    }
    assert.throws(() => createHttp({ timeoutMs: 0 }), RangeError);
    assert.throws(() => createHttp({ certificateAuthorities: '/etc/ca.pem' }), TypeError);
    assert.throws(
      () => createHttp({ proxy: { url: 'socks://me:hunter22@proxy:1080' } }),
      (error: Error) => error instanceof TypeError && !error.message.includes('hunter22'),
    );
  });
});
