import assert from 'node:assert/strict';
import { copyFile, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Farm, FarmInstance } from '../../src/sandbox/farm/index.ts';
import { eventually } from '../support/stack.ts';
import { call, cookieOf, CRYPTO, HANDLER, temporaryFarm, whoIs } from './support.ts';

describe('the stand-in for a publish farm', () => {
  let farm: Farm;
  let one: FarmInstance;
  let two: FarmInstance;
  beforeEach(async () => {
    // Away for so long that a busy machine gets to see it.
    farm = await temporaryFarm({ saml: true, refreshMs: 500 });
    one = farm.at('publish1');
    two = farm.at('publish2');
  });
  afterEach(() => farm.stop());

  const write = async (instance: FarmInstance, form: [string, string][]) =>
    call(instance, `/system/console/configMgr/${HANDLER}`, { form });
  const encapsulate = async (instance: FarmInstance) =>
    write(instance, [
      ['apply', 'true'],
      ['propertylist', 'token.encapsulated'],
      ['token.encapsulated', 'true'],
    ]);
  const refresh = async (instance: FarmInstance, bundle = CRYPTO) => {
    await call(instance, `/system/console/bundles/${bundle}`, { form: { action: 'refresh' } });
    await eventually(
      async () =>
        (await call(instance, '/system/console/bundles.json')).status === 200 &&
        instance.resting()[CRYPTO] === undefined,
      'the bundles are back',
    );
  };
  const copyKeys = async () => {
    for (const name of ['hmac', 'master']) {
      await copyFile(join(one.keyFolder(), name), join(two.keyFolder(), name));
    }
  };

  it('numbers its bundles differently, and knows them by name', async () => {
    const ids = await Promise.all(
      farm.instances.map(async (instance) => {
        const { text } = await call(instance, `/system/console/bundles/${CRYPTO}.file.json`);
        const { data } = JSON.parse(text) as { data: { id: number }[] };
        return data[0]?.id;
      }),
    );
    assert.equal(new Set(ids).size, 3);
    assert.match(one.keyFolder(), new RegExp(`bundle${String(ids[0])}/data$`));
    assert.equal((await call(one, '/system/console/bundles/no.such.json')).status, 404);
    assert.deepEqual((await readdir(one.keyFolder())).sort(), ['hmac', 'master']);
  });

  it('lets only the administrator into its console', async () => {
    const answer = await call(one, '/system/console/bundles.json', { headers: {} });
    assert.equal(answer.status, 401);
    assert.equal(one.failures().get(''), 1);
  });

  it('honours its own opaque tokens only', async () => {
    const { value, status, text } = await cookieOf(one);
    assert.equal(status, 200);
    assert.equal(text, '');
    assert.match(value, /^[0-9a-f-]{36}%3a[\w-]+%3acrx\.default$/);
    assert.equal(await whoIs(one, value), 'viewer');
    assert.equal(await whoIs(two, value), 'anonymous', 'with 200, which says nothing');
  });

  it('honours encapsulated tokens with the same key in memory, and the user', async () => {
    await Promise.all([encapsulate(one), encapsulate(two)]);
    const { value } = await cookieOf(one);
    assert.match(value, /^login%3aeyJ[\w-]+\.[\w-]+\.[\w-]+%3acrx\.default$/);
    assert.equal(await whoIs(two, value), 'anonymous', 'another key');
    await copyKeys();
    assert.equal(await whoIs(two, value), 'anonymous', 'on disk only');
    await refresh(two);
    assert.equal(await whoIs(two, value), 'viewer');
    const [head = '', body = '', tail = ''] = value.split('.');
    assert.equal(await whoIs(two, `${head}.${body}.x${tail.slice(1)}`), 'anonymous');
    two.users.delete('viewer');
    assert.equal(await whoIs(two, value), 'anonymous', 'no such user here');
  });

  it('refuses a wrong password with reasons, and locks the account', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      const { status, headers } = await cookieOf(one, 'viewer', 'wrong');
      assert.equal(status, 403);
      assert.equal(headers.get('x-reason-code'), 'invalid_login');
    }
    const locked = await cookieOf(one);
    assert.equal(locked.headers.get('x-reason-code'), 'account_locked');
  });

  it('replaces a configuration: what is not listed goes, a listed array without a field is emptied', async () => {
    assert.equal((await encapsulate(one)).status, 302);
    assert.deepEqual(one.tokenHandler(), { 'token.encapsulated': true });
    two.deploy({ 'site.note': 'kept to itself' });
    const shown = JSON.parse((await write(two, [])).text) as Record<string, unknown>;
    assert.equal(shown['additionalProperties'], 'site.note');
    assert.ok(!JSON.stringify(shown).includes('kept to itself'));
    const listed: [string, string][] = [
      ['apply', 'true'],
      ['propertylist', 'skip.token.refresh,inactivity.time,token.encapsulated,site.note'],
      ['token.encapsulated', 'on'],
    ];
    const { headers } = await write(two, listed);
    assert.equal(headers.get('location'), `/system/console/configMgr/${HANDLER}`);
    assert.deepEqual(two.tokenHandler(), {
      'skip.token.refresh': [],
      'inactivity.time': 1_800_000,
      'token.encapsulated': false,
      'site.note': 'kept to itself',
    });
    assert.equal((await write(two, [['apply', 'true']])).status, 400);
  });

  it('goes away while it is refreshed, and answers 200 to anything', async () => {
    const url = `/system/console/bundles/${CRYPTO}`;
    const typo = await call(one, url, { form: { action: 'refersh' } });
    assert.deepEqual(
      [typo.status, JSON.parse(typo.text)],
      [200, { fragment: false, stateRaw: 32 }],
    );
    one.faults.set({ kind: 'refresh-stays-resolved' });
    assert.equal((await call(one, url, { form: { action: 'refresh' } })).status, 200);
    assert.equal((await call(one, '/system/console/bundles.json')).status, 503);
    await eventually(
      () => one.resting()['com.adobe.granite.csrf'] === undefined,
      'others are back',
    );
    assert.equal(one.resting()[CRYPTO], 4);
  });

  it('breaks what the old master key had encrypted', async () => {
    assert.equal((await call(two, '/saml/login', { headers: {} })).status, 302);
    await copyKeys();
    await call(two, `/system/console/bundles/${CRYPTO}`, { form: { action: 'refresh' } });
    await eventually(() => two.resting()['com.adobe.granite.csrf'] === undefined, 'it is back');
    assert.equal((await call(two, '/saml/login', { headers: {} })).status, 500);
    assert.equal(two.resting()['com.adobe.granite.auth.saml'], 4);
    const stored = `/system/console/configMgr/${encodeURIComponent('(service.pid=*)')}.json`;
    assert.match((await call(two, stored)).text, /"\{[0-9a-f]{64,}\}"/);
  });

  it('can not read files of a mode that keeps its user out', async () => {
    one.faults.set({ kind: 'files-unreadable' });
    await call(one, `/system/console/bundles/${CRYPTO}`, { form: { action: 'refresh' } });
    await eventually(() => one.resting()['com.adobe.granite.csrf'] === undefined, 'it is back');
    assert.equal(one.loaded(), undefined);
    assert.equal(one.resting()[CRYPTO], 4);
  });

  it('keeps its key files when the bundle is installed anew, elsewhere', async () => {
    const key = await readFile(join(one.keyFolder(), 'hmac'));
    const before = one.keyFolder();
    one.moveKeyBundle();
    assert.notEqual(one.keyFolder(), before);
    assert.deepEqual(await readFile(join(one.keyFolder(), 'hmac')), key);
  });
});
