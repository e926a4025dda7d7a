import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Farm, signIn, startFarm } from '../gateway/support.ts';
import { has, prepare, runTv } from './run.ts';

const folderOf = (name: string) => fileURLToPath(new URL(`./${name}/`, import.meta.url));
const hasGo = has('go', 'version');
const hasPython = has('python3', '-c', 'import venv, ensurepip');

describe('OAuth clients of other languages, unmodified', function suite() {
  this.timeout(180_000);
  let farm: Farm;
  let folder: string;
  before(async () => {
    farm = await startFarm();
    folder = await mkdtemp(join(tmpdir(), 'devicepass-oauth-clients-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await farm.stop();
  });

  const comesThrough = async (program: string, ...args: string[]) => {
    const env = { ISSUER: farm.url, STATEMENT: farm.statement };
    const told = await runTv(program, args, env, async (code) => signIn(farm, code));
    const { user_code: _code, ...rest } = told;
    assert.deepEqual(rest, { refreshed: true, session: 'signed-in' });
  };

  const go =
    "golang.org/x/oauth2 goes from registration to a refreshed token and the viewer's session";
  (hasGo ? it : it.skip)(hasGo ? go : `${go} (skipped: no go on this machine)`, async () => {
    const tv = join(folder, 'tv');
    await prepare('go', ['build', '-o', tv, '.'], { cwd: folderOf('go') });
    await comesThrough(tv);
  });

  const python = "Authlib goes from registration to a refreshed token and the viewer's session";
  const noPython = `${python} (skipped: no python3 with venv on this machine)`;
  (hasPython ? it : it.skip)(hasPython ? python : noPython, async () => {
    const requirements = join(folderOf('python'), 'requirements.txt');
    await prepare('python3', ['-m', 'venv', join(folder, 'venv')]);
    const python3 = join(folder, 'venv', 'bin', 'python3');
    await prepare(python3, ['-m', 'pip', 'install', '--quiet', '-r', requirements]);
    await comesThrough(python3, join(folderOf('python'), 'tv.py'));
  });
});
