import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AemSandbox, startAemSandbox } from '../../src/sandbox/aem/index.ts';
import { startImsSandbox } from '../../src/sandbox/ims/index.ts';
import { sharedTemporal, type Stack, startStack } from '../support/stack.ts';
import { aemSettings, startAem } from './support.ts';

const COMMAND = fileURLToPath(new URL('../../bin/devicepass.js', import.meta.url));

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs the command as a shell would. */
async function devicepass(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    const options = { env: { PATH, HOME, ...env }, timeout: 50_000 };
    const child = execFile(
      process.execPath,
      [COMMAND, 'aem', ...args],
      options,
      (_error, out, err) => {
        resolve({ code: child.exitCode ?? -1, out, err });
      },
    );
  });
}

/** The one line that a person reads. */
function complaint({ code, out, err }: Ended): string {
  assert.equal(code, 1, err);
  assert.equal(out, '');
  const lines = err
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('devicepass: '));
  assert.equal(lines.length, 1, err);
  assert.doesNotMatch(err, /^\s+at /m, 'a stack trace');
  return lines[0] ?? '';
}

describe('devicepass aem install-queries', function () {
  this.timeout(60_000);
  let aem: AemSandbox;
  let env: Record<string, string>;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'devicepass-install-queries-'));
    aem = await startAemSandbox({ titles: 10 });
    env = { AEM_AUTHOR_URL: aem.hosts.author, AEM_BASIC: 'admin:admin' };
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await aem.stop();
  });

  it('names IMS and its host where they give no token, for this command has no log', async () => {
    const ims = await startImsSandbox();
    try {
      ims.faults.set({ kind: 'hang', times: 9 });
      const given = {
        AEM_AUTHOR_URL: aem.hosts.author,
        AEM_CREDENTIALS: JSON.stringify(ims.serviceCredentials()),
        AEM_REQUEST_TIMEOUT_MS: '100',
        IMS_ALLOWED_HOSTS: ims.url,
        IMS_REQUEST_TIMEOUT_MS: '200',
      };
      const line = complaint(await devicepass(['install-queries'], given));
      assert.ok(line.startsWith(`devicepass: ims ${ims.host}: timeout`), line);
      const refused = await devicepass(['install-queries'], { ...given, IMS_ALLOWED_HOSTS: 'a.b' });
      assert.match(complaint(refused), /host_not_allowed: .* add the host to IMS_ALLOWED_HOSTS$/);
    } finally {
      await ims.stop();
    }
  });

  it('installs, says what to publish, and changes nothing the second time', async () => {
    const first = await devicepass(['install-queries'], env);
    assert.equal(first.code, 0, first.err);
    assert.equal(first.out, 'created tve/assets-page\ncreated tve/asset-by-slug\n');
    assert.match(first.err, /\/conf\/tve\/settings\/graphql\/persistentQueries\/assets-page/);
    const second = await devicepass(['install-queries'], env);
    assert.equal(second.out, 'unchanged tve/assets-page\nunchanged tve/asset-by-slug\n');
    assert.equal(second.err, '', 'nothing is to be published');
    const other = await devicepass(['install-queries', '--root', '/content/dam/site/'], env);
    assert.equal(other.out, 'updated tve/assets-page\nupdated tve/asset-by-slug\n');
  });

  it('says in one line what is wrong', async () => {
    const foreign = join(folder, 'queries.json');
    const queries = [{ path: 'tve/all', file: 'all.graphql' }];
    writeFileSync(foreign, JSON.stringify({ root: '/content/dam/other/', queries }));
    writeFileSync(join(folder, 'all.graphql'), '{ tveAssetList { items { slug } } }');
    const wrong: [string[], Record<string, string>, RegExp][] = [
      [[], {}, /AEM_AUTHOR_URL is not set: give the author host$/],
      [
        ['--root', '/content/dam/tve'],
        env,
        /--root \/content\/dam\/tve: use \/content\/dam\/<folder>\//,
      ],
      [['--package', '/nowhere.json'], env, /--package \/nowhere\.json can't be used/],
      [
        [],
        { ...env, AEM_BASIC: 'admin:hunter2' },
        /AEM author http:\S+ listQueries: 401 token_rejected: AEM refuses user admin .*AEM_BASIC/,
      ],
      [
        [],
        { AEM_AUTHOR_URL: aem.hosts.author },
        /token_missing: .* set AEM_CREDENTIALS_FILE \(AEM_BASIC /,
      ],
      [
        [],
        { ...env, AEM_AUTHOR_URL: aem.hosts.publish },
        /author http:\S+ listQueries: 404 not_found: no \/graphql\/list\.json\/tve there: check that AEM_AUTHOR_URL/,
      ],
      [
        [],
        { AEM_AUTHOR_URL: 'http://127.0.0.1:9' },
        /AEM author http:\/\/127\.0\.0\.1:9 listQueries: network_error .*: check AEM_AUTHOR_URL; .* AEM_PROXY_URL/,
      ],
      [
        ['--package', foreign],
        env,
        /queries\.json: root is \/content\/dam\/other\/, but no query reads/,
      ],
      [[], { ...env, AEM_BASIC: '', AEM_CREDENTIALS: '{"a":1}' }, /credentials AEM_CREDENTIALS: /],
    ];
    for (const [flags, given, message] of wrong) {
      const line = complaint(await devicepass(['install-queries', ...flags], given));
      assert.match(line, message);
      assert.doesNotMatch(line, /hunter2/);
    }
  });
});

describe('devicepass aem audit', function () {
  this.timeout(60_000);
  let aem: AemSandbox;
  let stack: Stack;
  let env: Record<string, string>;

  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    ({ sandbox: aem } = await startAem());
    stack = await startStack({ config: { aem: aemSettings(aem) } });
    const { temporal } = await sharedTemporal();
    env = { TEMPORAL_ADDRESS: temporal.address, DEVICEPASS_TASK_QUEUE: stack.config.taskQueue };
  });
  after(async () => {
    await stack.stop();
    await aem.stop();
  });

  it('ends with 0 where nothing is wrong, and with 2 and the findings where something is', async () => {
    const clean = await devicepass(['audit'], env);
    assert.equal(clean.code, 0, clean.err);
    assert.match(clean.out, /^\d+ titles, \d+ free, 8 channels: nothing found\n$/);
    const fields = aem.fragments.find(({ fields: { requiresAuth } }) => requiresAuth)?.fields;
    assert.ok(fields);
    fields.channelResourceId = null;
    const found = await devicepass(['audit'], env);
    assert.equal(found.code, 2, found.err);
    assert.match(
      found.out,
      /\nerror: fragments that need a subscription but have no channel: 1\n {2}missing-channel \/content/,
    );
  });

  it('takes a schedule and gives it back', async () => {
    const made = await devicepass(['audit', '--schedule', '0 3 * * *', '--tier', 'author'], env);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^scheduled catalogue-audit:test-[\w-]+: 0 3 \* \* \* \(UTC\)\n$/);
    assert.match((await devicepass(['audit', '--unschedule'], env)).out, /^removed schedule/);
    assert.equal((await devicepass(['audit', '--unschedule'], env)).out, 'there is no schedule\n');
  });

  it('says in one line what is wrong', async () => {
    const nobody = { ...env, DEVICEPASS_TASK_QUEUE: randomUUID() };
    const wrong: [string[], Record<string, string>, RegExp][] = [
      [[], nobody, /no worker serves [\w-]+-aem: start one with AEM_PUBLISH_URL/],
      [['--schedule', 'whenever'], env, /schedule is "whenever": use cron, as "0 3 \* \* \*"/],
      [[], { TEMPORAL_ADDRESS: '127.0.0.1:9' }, /Temporal at 127\.0\.0\.1:9 can't be reached/],
    ];
    for (const [flags, given, message] of wrong) {
      assert.match(complaint(await devicepass(['audit', ...flags], given)), message);
    }
    const { code, err } = await devicepass(['audit', '--tier', 'live'], env);
    assert.equal(code, 1);
    assert.match(err, /Allowed choices are author, preview, publish/);
  });
});
