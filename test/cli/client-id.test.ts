import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Farm, installationOf, startFarm, Tv } from '../gateway/support.ts';
import { sharedTemporal } from '../support/stack.ts';
import { devicepass } from './support.ts';

describe('commands about one TV', function () {
  this.timeout(120_000);
  let farm: Farm;
  let tv: Tv;
  let temporal: Record<string, string>;
  let folder: string;
  before(async function () {
    this.timeout(360_000); // the first run may have to build a Temporal server
    const { address } = (await sharedTemporal()).temporal;
    farm = await startFarm();
    const { taskQueue } = farm.stack.config;
    temporal = { TEMPORAL_ADDRESS: address, DEVICEPASS_TASK_QUEUE: taskQueue };
    folder = await mkdtemp(join(tmpdir(), 'devicepass-client-id-'));
    tv = await Tv.registered(farm);
    await tv.authorize();
  });
  after(async () => {
    await farm.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('find it by its installation id as by its client_id', async () => {
    const installation = installationOf(tv.clientId);
    const ways = [[farm.tvApp, installation], [farm.tvApp, tv.clientId], [tv.clientId]];
    const found = await Promise.all(
      ways.map((way) => devicepass(['device', ...way, '--json'], temporal)),
    );
    const [first, ...others] = found.map(({ exitCode, stdout, stderr }) => {
      assert.equal(exitCode, 0, stderr);
      return (JSON.parse(stdout) as { workflowId: string }).workflowId;
    });
    assert.ok(first?.includes(farm.tvApp), first);
    assert.deepEqual(others, [first, first]);
  });

  it('say in one line what names no TV', async () => {
    const other = await devicepass(['device', 'other', tv.clientId], temporal);
    assert.deepEqual(
      [other.exitCode, other.stderr],
      [1, `devicepass: this client_id is of the app ${farm.tvApp}, not other\n`],
    );
    const alone = await devicepass(['device', farm.tvApp], temporal);
    assert.equal(alone.exitCode, 1);
    assert.match(alone.stderr, /^devicepass: \S+ alone names no device: give an app and an id/);
  });

  it('block it by either', async () => {
    const file = join(folder, 'statements.json');
    for (const id of [tv.clientId, installationOf(tv.clientId), 'another']) {
      const env = { GATEWAY_STATEMENTS: file };
      const ran = await devicepass(['apps', 'revoke', '--installation', id], env);
      assert.equal(ran.exitCode, 0, ran.stderr);
    }
    const { blocked } = JSON.parse(await readFile(file, 'utf8')) as { blocked: string[] };
    assert.deepEqual(blocked, [installationOf(tv.clientId), 'another']);
  });
});
