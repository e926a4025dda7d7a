import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activate, CRYPTO, type Means, preflight } from '../../src/key-rollout/index.ts';
import {
  type Farm,
  type FarmFault,
  type FarmInstance,
  startFarm,
} from '../../src/sandbox/farm/index.ts';
import { consoleOf, loadedKeys } from './support.ts';
import { postsTo } from './troubled-farm.ts';

describe('an instance that is told to read its keys', () => {
  let folder: string;
  let farm: Farm;
  let target: FarmInstance;
  let taken: string[];
  let begun: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devicepass-activate-'));
    // So slow that a look can't miss it.
    farm = await startFarm({ folder, instances: ['one', 'two'], refreshMs: 400 });
    target = farm.at('two');
  });
  afterEach(async () => {
    await farm.stop();
    await rm(folder, { recursive: true });
  });

  /** Gives the second instance the files of the first, and has them read. */
  async function readKeys(means: Means, fault?: FarmFault, withinMs = 30_000) {
    const { id, url, installDir, keyFolder } = target;
    const host = {
      id,
      url,
      installDir,
      backupDir: join(folder, 'backups'),
      admin: { user: 'admin', password: () => 'admin' },
      testUser: { user: 'viewer', password: () => 'viewer' },
    };
    const { felix, http } = consoleOf(host);
    begun = 0;
    try {
      const { baseline } = await preflight(host, felix, http, []);
      for (const name of ['hmac', 'master']) {
        await copyFile(join(farm.at('one').keyFolder(), name), join(keyFolder(), name));
      }
      if (fault) target.faults.set(fault);
      taken = await activate(host, felix, http, {
        means,
        folder: keyFolder(),
        baseline,
        paths: {},
        withinMs,
        pollMs: 10,
        begun: false,
        onBegun: () => (begun += 1),
      });
    } finally {
      http.close();
    }
  }
  const hasRead = () => {
    const [one, two] = loadedKeys(farm);
    return one === two;
  };

  it('and answers 503 is told again: it has not heard', async () => {
    const path = `/system/console/bundles/${CRYPTO}`;
    await readKeys('refresh', { kind: 'status', status: 503, path, times: 3 });
    assert.ok(hasRead());
    assert.deepEqual(taken, ['refresh']);
    assert.equal(begun, 1, 'only the answered one counts');
    assert.equal(postsTo(target, CRYPTO).length, 4);
  });

  it('and breaks the connection while it does so is told once', async () => {
    await readKeys('refresh', { kind: 'refresh-reset' });
    assert.ok(hasRead());
    assert.equal(begun, 1);
    assert.equal(postsTo(target, CRYPTO).length, 1);
  });

  it('by a restart is waited for although that begins after its answer', async () => {
    await readKeys('restart');
    assert.ok(hasRead());
    assert.equal(postsTo(target, '/vmstat').length, 1);
  });

  it('by a restart that it ignores at first is told again', async () => {
    await readKeys('restart', { kind: 'restart-ignored' }, 5_000);
    assert.ok(hasRead());
    assert.deepEqual(taken.slice(0, 1), ['restart']);
  });

  it('and never listens is given up with what was seen', async () => {
    await assert.rejects(readKeys('restart', { kind: 'restart-ignored', times: 99 }, 1_000), {
      code: 'bundles_not_back',
      message: /^two: nothing goes down although a restart was asked for 1 s after restart/,
    });
    assert.ok(!hasRead());
    assert.equal(begun, 0);
  });
});
