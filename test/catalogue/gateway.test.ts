import assert from 'node:assert/strict';
import type { AemSandbox } from '../../src/sandbox/aem/index.ts';
import {
  type Answer,
  type Farm,
  pollUntilDone,
  signIn,
  startFarm,
  Tv,
} from '../gateway/support.ts';
import { startAem } from './support.ts';

interface Page {
  titles: { slug: string; requiresAuth: boolean }[];
  next?: string;
}

describe('the catalogue at the gateway', function () {
  this.timeout(60_000);
  let farm: Farm;
  let aem: AemSandbox;
  let tv: Tv;
  let token: string;

  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    const { sandbox, settings } = await startAem();
    aem = sandbox;
    farm = await startFarm({ config: { aem: settings } });
    tv = await Tv.registered(farm);
    const { body } = await tv.authorize();
    await signIn(farm, body['user_code']);
    const answer = await pollUntilDone(tv, body['device_code']);
    token = String(answer.body['access_token']);
  });

  after(async () => {
    await farm.stop();
    await aem.stop();
  });

  const pageOf = ({ body }: Answer) => body as unknown as Page;

  it('gives titles to anybody, page by page, and nothing of how they are authorized', async () => {
    const first = await tv.send('/v1/catalog?first=20');
    assert.equal(first.status, 200, JSON.stringify(first.body));
    const { titles, next } = pageOf(first);
    assert.equal(titles.length, 20);
    const second = pageOf(
      await tv.send(`/v1/catalog?first=20&after=${encodeURIComponent(String(next))}`),
    );
    assert.ok(second.titles.every(({ slug }) => !titles.some((other) => other.slug === slug)));
    const keys = new Set(titles.flatMap((title) => Object.keys(title)));
    for (const secret of ['path', 'channelResourceId', 'assetId'])
      assert.ok(!keys.has(secret), secret);
  });

  it('lets caches keep the titles, and answers an ETag with 304', async () => {
    const { headers } = await tv.send('/v1/catalog');
    assert.match(headers.get('cache-control') ?? '', /^public, max-age=60\b/);
    const etag = headers.get('etag') ?? '';
    assert.match(etag, /^"[\w-]+"$/);
    const again = await tv.send('/v1/catalog', {
      headers: { 'if-none-match': `"other", W/${etag}` },
    });
    assert.equal(again.status, 304);
    assert.equal(again.headers.get('etag'), etag);
    const other = await tv.send('/v1/catalog?first=3', { headers: { 'if-none-match': etag } });
    assert.equal(other.status, 200);
  });

  it('keeps what a viewer may watch to the viewer', async () => {
    assert.equal((await tv.send('/v1/catalog/access')).status, 401);
    const own = await tv.send('/v1/catalog/access', { token: await tv.ownToken() });
    assert.equal(own.status, 403, 'a TV without a viewer');
    const { headers, body } = await tv.send('/v1/catalog/access', { token });
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(body['signedIn'], true);
    const access = body['access'] as Record<string, string>;
    const { titles } = pageOf(await tv.send('/v1/catalog'));
    assert.deepEqual(new Set(Object.keys(access)), new Set(titles.map(({ slug }) => slug)));
    for (const { slug, requiresAuth } of titles)
      assert.equal(access[slug] === 'open', !requiresAuth);
    assert.ok(Object.values(access).includes('likely'));
  });

  it('plays a title by its slug', async () => {
    const { body } = await tv.send('/v1/catalog/access', { token });
    const access = Object.entries(body['access'] as Record<string, string>);
    const slugOf = (wanted: string) => access.find(([, word]) => word === wanted)?.[0];
    const play = (slug: string | undefined) => tv.send('/v1/play', { token, json: { slug } });
    const permitted = await play(slugOf('likely'));
    assert.equal(permitted.body['status'], 'permitted', JSON.stringify(permitted.body));
    assert.match(JSON.stringify(permitted.body['mediaToken']), /"notAfter":"20/);
    assert.equal((await play(slugOf('locked'))).body['status'], 'denied');
    assert.equal((await play(slugOf('open'))).body['status'], 'open');
    const { status, body: unknown } = await play('nothing');
    assert.equal(status, 404);
    assert.equal(unknown['code'], 'unknown_title');
    assert.equal((await play('a;first=1')).status, 400, 'AEM has no way to say this');
  });

  for (const query of ['first=0', 'first=101', 'first=x', 'after=', 'after=a%3Bfirst%3D1']) {
    it(`refuses ?${query} in one line`, async () => {
      const { status, body } = await tv.send(`/v1/catalog?${query}`);
      assert.equal(status, 400);
      assert.match(String(body['message']), /^[^\n]{5,200}$/);
    });
  }

  it('is in the OpenAPI document, with both halves', async () => {
    const { body } = await tv.send('/openapi.json');
    const paths = body['paths'] as Record<string, Record<string, { security?: object }>>;
    assert.deepEqual(paths['/v1/catalog']?.['get']?.security, [], 'for anybody');
    assert.ok(paths['/v1/catalog/access']?.['get']?.security);
    assert.ok(paths['/v1/play']?.['post']);
  });
});

describe('a gateway', function () {
  this.timeout(60_000);

  it('without AEM has no catalogue, and works as before', async () => {
    const farm = await startFarm();
    try {
      const tv = new Tv(farm);
      assert.equal((await tv.send('/v1/catalog')).status, 404);
      assert.equal((await tv.send('/healthz')).status, 200);
      const { body } = await tv.send('/openapi.json');
      assert.ok(!('/v1/catalog' in (body['paths'] as object)));
    } finally {
      await farm.stop();
    }
  });

  it('shows drafts to nobody without a token, and lets no cache have them', async () => {
    const { sandbox, settings } = await startAem({}, { AEM_BASIC: 'admin:admin' });
    const farm = await startFarm({
      config: { aem: { ...settings, catalogue: { tier: 'author' } } },
    });
    try {
      const tv = await Tv.registered(farm);
      assert.equal((await tv.send('/v1/catalog')).status, 401);
      const { status, headers } = await tv.send('/v1/catalog', { token: await tv.ownToken() });
      assert.equal(status, 200);
      assert.match(headers.get('cache-control') ?? '', /^private,/);
    } finally {
      await farm.stop();
      await sandbox.stop();
    }
  });
});
