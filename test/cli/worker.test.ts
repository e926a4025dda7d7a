import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedTemporal } from '../support/stack.ts';
import { projectFile } from '../compose/support.ts';
import { devicepass } from './support.ts';

describe('a worker that can not work', function () {
  this.timeout(120_000);
  let folder: string;
  let apps: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'devicepass-worker-'));
    apps = join(folder, 'apps.json');
  });
  after(() => rmSync(folder, { recursive: true }));

  const example = () => JSON.parse(projectFile('apps.example.json')) as Record<string, object>;
  const filledIn = () =>
    Object.fromEntries(
      Object.entries(example()).map(([name, app]) => [
        name,
        { ...app, softwareStatement: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' },
      ]),
    );
  async function refusal(content: object, env: NodeJS.ProcessEnv): Promise<string> {
    writeFileSync(apps, JSON.stringify(content));
    const { exitCode, stdout, stderr } = await devicepass(['worker'], {
      ADOBE_PASS_URL: 'http://127.0.0.1:9',
      DEVICEPASS_APPS: apps,
      ...env,
    });
    assert.deepEqual({ exitCode, stdout }, { exitCode: 1, stdout: '' });
    return stderr.replace(apps, 'FILE');
  }

  it('says whose software statement was never filled in', async () => {
    assert.equal(
      await refusal(example(), { DEVICEPASS_INSECURE_DEV: '1' }),
      'devicepass: FILE: softwareStatement of tv is not a JWT: paste the software statement ' +
        'of the TVE Dashboard as it is (three parts with dots between)\n',
    );
  });

  it('says which setting holds keys that are none', async () => {
    assert.equal(
      await refusal(filledIn(), { DEVICEPASS_KEYS: 'one' }),
      'devicepass: DEVICEPASS_KEYS: entry 1 is not "id:secret" with a base64url secret\n',
    );
  });

  it('says that there is no such namespace', async () => {
    const { temporal } = await sharedTemporal();
    assert.equal(
      await refusal(filledIn(), {
        DEVICEPASS_INSECURE_DEV: '1',
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: 'nope',
      }),
      'devicepass: TEMPORAL_NAMESPACE is "nope": there is no such namespace: create it or correct the setting\n',
    );
  }).timeout(360_000); // the first run may have to build a Temporal server
});
