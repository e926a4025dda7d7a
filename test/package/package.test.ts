import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackage } from './installed.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the package that a backend installs', () => {
  let folder: string;
  before(async function () {
    this.timeout(120_000);
    ({ folder } = await installPackage());
  });

  it('is imported by plain Node', async () => {
    const script = [
      "import { connect, DevicePassError } from 'devicepass';",
      "try { await connect({ keys: 'nonsense' }); }",
      'catch (error) { console.log(error.code ?? error.name, error instanceof Error); }',
    ].join('\n');
    await writeFile(join(folder, 'backend.mjs'), script);
    const { stdout } = await run(process.execPath, ['backend.mjs'], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    assert.match(stdout, /true$/m);
  }).timeout(30_000);

  it('brings its types and its command', async () => {
    const place = join(folder, 'node_modules', 'devicepass');
    await writeFile(
      join(folder, 'backend.ts'),
      "import { connect } from 'devicepass';\nexport const pass = connect({ keys: 'a' });\n",
    );
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const options = ['--noEmit', '--module', 'nodenext', '--skipLibCheck', '--strict'];
    await run(tsc, [...options, '--types', 'node', '--typeRoots', typeRoots, 'backend.ts'], {
      cwd: folder,
    });
    const { stdout } = await run(process.execPath, [join(place, 'bin/devicepass.js'), '--help'], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    assert.match(stdout, /worker/);
  }).timeout(60_000);
});

const typeRoots = join(root, 'node_modules', '@types');
