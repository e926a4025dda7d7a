import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { LookupFunction } from 'node:net';
import { HttpFailure } from '../../src/http/index.ts';
import type { Http, HttpRequest } from '../../src/http/index.ts';
import { cleanUp, client, freePort, proxying, serving, servingTls } from './support.ts';

const noSuchName: LookupFunction = (name, _options, callback) => {
  callback(Object.assign(new Error(`getaddrinfo ${name}`), { code: 'ENOTFOUND' }), '');
};

async function failure(http: Http, request: HttpRequest): Promise<HttpFailure> {
  const error: unknown = await http.send(request).then(
    () => assert.fail('an answer came'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof HttpFailure, inspect(error));
  return error;
}

const short = ({ code, hop, host }: HttpFailure) => [code, hop, host];

describe('a failure names the hop', () => {
  afterEach(cleanUp);

  it('server: name, port, connection, time, size', async () => {
    const port = await freePort();
    const at = `127.0.0.1:${port}`;
    const url = new URL(`http://${at}`);
    assert.deepEqual(short(await failure(client(), { url })), ['connection_refused', 'server', at]);
    const unknown = { url: new URL('https://aem.test') };
    assert.deepEqual(short(await failure(client({ lookup: noSuchName }), unknown)), [
      'name_not_found',
      'server',
      'aem.test:443',
    ]);
    const resets = await serving((request) => request.socket.resetAndDestroy());
    assert.equal((await failure(client(), resets)).code, 'connection_lost');
    const silent = await serving(() => {});
    const late = await failure(client({ timeoutMs: 50 }), silent);
    assert.deepEqual([late.code, late.hop, late.retryable], ['timeout', 'server', true]);
    const large = await serving((_request, response) => response.end('x'.repeat(5000)));
    const big = await failure(client({ maxResponseBytes: 1000 }), large);
    assert.deepEqual([big.code, big.retryable], ['response_too_large', false]);
  });

  it('proxy: name, port, refusal, password, silence', async () => {
    const url = new URL('https://127.0.0.1:9/');
    const port = await freePort();
    const absent = client({ proxy: { url: `http://127.0.0.1:${port}` } });
    assert.deepEqual(short(await failure(absent, { url })), [
      'connection_refused',
      'proxy',
      `127.0.0.1:${port}`,
    ]);
    const unnamed = client({ proxy: { url: 'http://proxy.test:3128' }, lookup: noSuchName });
    assert.deepEqual(short(await failure(unnamed, { url })), [
      'name_not_found',
      'proxy',
      'proxy.test:3128',
    ]);
    const said = { status: 403 as number | 'hang' | 'reset' };
    const proxy = await proxying(() => said.status);
    const through = client({ proxy: { url: proxy.url }, timeoutMs: 200 });
    const refused = await failure(through, { url });
    assert.deepEqual(
      [refused.code, refused.hop, refused.status, refused.retryable],
      ['proxy_refused', 'proxy', 403, false],
    );
    said.status = 407;
    assert.match((await failure(through, { url })).hint, /user and password/);
    said.status = 502;
    assert.equal((await failure(through, { url })).retryable, true);
    said.status = 'reset';
    assert.deepEqual(short(await failure(through, { url })).slice(0, 2), [
      'connection_lost',
      'proxy',
    ]);
    said.status = 'hang';
    assert.deepEqual(short(await failure(through, { url })).slice(0, 2), ['timeout', 'proxy']);
  });

  it('a private CA can be set, directly and through a proxy; without it the server is named', async () => {
    const server = await servingTls((_request, response) => response.end('private'));
    const proxy = await proxying();
    for (const options of [{}, { proxy: { url: proxy.url } }]) {
      const error = await failure(client(options), server);
      assert.deepEqual(short(error).slice(0, 2), ['certificate_untrusted', 'server']);
      assert.equal(error.retryable, false);
      assert.match(error.hint, /private CA/);
      const trusting = client({ ...options, certificateAuthorities: server.cert });
      assert.equal((await trusting.send(server)).text, 'private');
    }
  });

  it('proxy with a password: it is sent, and stays out of every failure', async () => {
    const proxy = await proxying((given) => (given === 'Basic bWU6aHVudGVyMjI=' ? undefined : 407));
    const server = await serving((request) => request.socket.resetAndDestroy());
    const http = client({ proxy: { url: proxy.url.replace('//', '//me:hunter22@') } });
    const error = await failure(http, {
      url: server.url,
      headers: { authorization: 'Bearer secret-token' },
      body: 'client_secret=secret-value',
      method: 'POST',
    });
    assert.deepEqual([error.code, error.hop], ['connection_lost', 'server']);
    const all = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
    assert.doesNotMatch(all, /hunter22|bWU6|secret-token|secret-value/);
  });

  it("the caller's abort is passed on as it is", async () => {
    const silent = await serving(() => {});
    const reason = new Error('shutting down');
    const controller = new AbortController();
    const pending = client().send({ ...silent, signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(pending, (error) => error === reason);
    await assert.rejects(client().send({ ...silent, signal: controller.signal }), reason);
  });
});
