import assert from 'node:assert/strict';
import { createHttp, type Http } from '../../src/http/index.ts';
import { groupsOf } from '../../src/key-rollout/groups.ts';
import {
  type AemHost,
  createConsole,
  KeyRolloutError,
  TOKEN_HANDLER as PID,
} from '../../src/key-rollout/index.ts';
import { statusesOf } from '../../src/key-rollout/watched-paths.ts';
import { cleanUp, type Recorder, recorder, type Reply } from '../adobe-pass/support.ts';

describe("paths from an AEM's answers", () => {
  let http: Http;
  let aem: Recorder;
  /** Who wants the administrator's password. */
  let other: Recorder;
  let host: AemHost;
  beforeEach(async () => {
    http = createHttp();
    aem = await recorder(() => ({ body: { memberOf: [], data: [] } }));
    other = await recorder(() => ({ body: { memberOf: [{ authorizableId: 'stolen' }] } }));
    const login = { user: 'admin', password: () => 'secret-of-the-administrator' };
    const folders = { installDir: '/nowhere', backupDir: '/nowhere' };
    host = { id: 'publish-1', url: aem.url, ...folders, admin: login, testUser: login };
  });
  afterEach(() => {
    http.close();
    cleanUp();
  });

  const elsewhere = () => [
    `//127.0.0.1:${other.port}/home/users/u`,
    `///127.0.0.1:${other.port}/home`,
    `http://127.0.0.1:${other.port}/home`,
    `\\\\127.0.0.1:${other.port}\\home`,
    `/\\127.0.0.1:${other.port}/home`,
    `/\t/127.0.0.1:${other.port}/home`,
    `http://user@127.0.0.1:${other.port}/home`,
  ];

  it('of a home lead to no other host, and to nothing but homes', async () => {
    for (const home of [...elsewhere(), '/home/../system/console/x', '/etc/key', '', 'home/u']) {
      await assert.rejects(groupsOf(host, http, home), KeyRolloutError, home);
    }
    assert.deepEqual([aem.received.length, other.received.length], [0, 0]);
    await groupsOf(host, http, '/home/users/ü ber/u');
    const [asked] = aem.received;
    assert.equal(asked?.url, '/home/users/%C3%BC%20ber/u.rw.json?props=memberOf');
  });

  it('of a bundle lead nowhere but to its own page of the console', async () => {
    const console = createConsole(host, http);
    for (const name of [...elsewhere(), '../../crx/de', '..', '.', 'a/../../b', 'a?x', 'a#x']) {
      await console.act(name, 'start').catch((error: unknown) => {
        assert.ok(error instanceof KeyRolloutError && error.code === 'path_elsewhere', name);
      });
    }
    for (const { url } of aem.received) assert.match(url, /^\/system\/console\/bundles\/[^/?]+$/);
    assert.equal(other.received.length, 0);
  });

  it('of a configuration lead nowhere but to its own page of the console', async () => {
    const console = createConsole(host, http);
    for (const pid of [...elsewhere(), '../bundles/x', '..']) {
      const configuration = { pid, properties: {}, additional: [], bundleLocation: '' };
      await assert.rejects(console.write(configuration, 'a', 'b'), pid);
      await assert.rejects(console.configuration(pid), pid);
    }
    for (const { url } of aem.received) assert.match(url, /^\/system\/console\/configMgr\/[^/?]+$/);
    assert.equal(other.received.length, 0);
  });

  it('of a redirect after writing count on the same host only', async () => {
    const console = createConsole(host, http);
    const configuration = { pid: PID, properties: {}, additional: [], bundleLocation: '' };
    const redirect = (location: string): Reply => ({ status: 302, headers: { location } });
    for (const location of [`//127.0.0.1:${other.port}/${PID}`, `${other.url}/x/${PID}`]) {
      aem.answer = () => redirect(location);
      await assert.rejects(console.write(configuration, 'a', 'b'), {
        code: 'configuration_not_written',
      });
    }
    for (const location of [`/system/console/configMgr/${PID}`, `${aem.url}/x/${PID}?a#b`]) {
      aem.answer = () => redirect(location);
      await console.write(configuration, 'a', 'b');
    }
    assert.equal(other.received.length, 0);
  });

  it('that are watched are paths of this host', async () => {
    for (const path of elsewhere()) {
      await assert.rejects(statusesOf(host, http, [path]), { code: 'path_elsewhere' }, path);
    }
    assert.equal(other.received.length, 0);
    const paths = ['/libs/granite/core/content/login.html?a=b', '/with blank'];
    assert.deepEqual(await statusesOf(host, http, paths), {
      [`${paths[0]}`]: 200,
      [`${paths[1]}`]: 200,
    });
  });
});
