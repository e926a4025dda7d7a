import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFarm } from '../../src/cli/aem-keys/farm-file.ts';

describe('a farm file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devicepass-farm-file-'));
  after(() => rmSync(folder, { recursive: true }));
  const read = (farm: unknown) => {
    const file = join(folder, 'farm.json');
    writeFileSync(file, typeof farm === 'string' ? farm : JSON.stringify(farm));
    return readFarm(file);
  };
  const hosts = [1, 2].map((number) => ({ id: `p${number}`, url: `http://p${number}:4503/` }));
  const good = { name: 'tv', source: 'p1', hosts };

  it('says which instances there are, with limits that suit a large AEM', () => {
    const { farm, source, hosts, watchedPaths, limits } = read(good);
    assert.deepEqual([farm, source, watchedPaths], ['tv', 'p1', []]);
    assert.deepEqual(hosts[0], { id: 'p1', url: 'http://p1:4503' });
    assert.equal(limits.settleWithinMs, 120_000);
    assert.equal(read({ ...good, limits: { pollMs: 50 } }).limits.pollMs, 50);
  });

  for (const [farm, expected] of [
    ['{', /farm\.json is not JSON: check its syntax$/],
    [{ ...good, source: 'nobody' }, /source: name one of the hosts$/],
    [{ ...good, hosts: hosts.slice(0, 1) }, /hosts: a farm has two instances at least$/],
    [{ ...good, hosts: [hosts[0], hosts[0]] }, /hosts: an id comes twice$/],
    [
      { ...good, hosts: [hosts[0], { id: 'p2', url: 'https://publish-p1-e2.adobeaemcloud.com' }] },
      /hosts\.1\.url: publish-p1-e2\.adobeaemcloud\.com is AEM as a Cloud Service/,
    ],
    [{ ...good, hosts: [hosts[0], { id: 'p2', url: 'p2' }] }, /hosts\.1\.url: "p2" is no URL/],
    [{ ...good, watchedPaths: ['saml'] }, /watchedPaths\.0: give a path that begins with \//],
    [{ ...good, password: 'a-secret' }, /there is no password: use name, source/],
  ] as const) {
    it(`is refused with one line: ${String(expected)}`, () => {
      assert.throws(
        () => read(farm),
        (error: Error) => {
          assert.match(error.message, expected);
          assert.doesNotMatch(error.message, /\n|a-secret/);
          return error.name === 'CommandError';
        },
      );
    });
  }

  it('that is not there is named', () => {
    assert.throws(() => readFarm('/no/such.json'), { message: /^\/no\/such\.json can't be read/ });
  });
});
