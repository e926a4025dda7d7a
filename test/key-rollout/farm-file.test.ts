import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFarm } from '../../src/cli/aem-keys/farm-file.ts';

const ROOT = new URL('../../', import.meta.url);
const EXAMPLE = 'farm.example.json';

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

  it('is shown by an example that can be read, and that is part of the package', () => {
    const { source, hosts } = readFarm(fileURLToPath(new URL(EXAMPLE, ROOT)));
    assert.ok(hosts.some(({ id }) => id === source));
    const { files } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
      files: string[];
    };
    assert.ok(files.includes(EXAMPLE));
  });

  for (const [farm, expected] of [
    ['{', /farm\.json is not JSON: check its syntax$/],
    [{ ...good, source: 'nobody' }, /source is "nobody": name one of the hosts$/],
    [{ ...good, hosts: hosts.slice(0, 1) }, /hosts: a farm has two instances at least$/],
    [{ ...good, hosts: [hosts[0], hosts[0]] }, /hosts: an id comes twice$/],
    [
      { ...good, hosts: [hosts[0], { id: 'p2', url: 'https://publish-p1-e2.adobeaemcloud.com' }] },
      /hosts\.1\.url: publish-p1-e2\.adobeaemcloud\.com is AEM as a Cloud Service/,
    ],
    [{ ...good, hosts: [hosts[0], { id: 'p2', url: 'p2' }] }, /hosts\.1\.url: "p2" is no URL/],
    [
      { ...good, watchedPaths: ['saml'] },
      /watchedPaths\.0 is "saml": give a path that begins with \//,
    ],
    [{ name: 'tv', source: 'p1' }, /farm\.json: hosts is missing: /],
    [{ ...good, limits: { pollMs: 5 } }, /limits\.pollMs is 5: /],
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
