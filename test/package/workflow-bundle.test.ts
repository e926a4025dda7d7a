import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildWorkflowBundle } from '../../src/workflow-bundle.ts';
import { installPackage } from './installed.ts';

describe('the bundle of workflow code in the package', function () {
  this.timeout(120_000);

  it('holds nothing of ours but the sources that it answers for, by names of every machine', async () => {
    const { code } = await buildWorkflowBundle();
    const [, map = ''] = /sourceMappingURL=data:[^,]*;base64,([A-Za-z0-9+/=]+)/.exec(code) ?? [];
    const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
    const ours = sources.filter(
      (source) => /(^|\/)src\//.test(source) && !/node_modules/.test(source),
    );
    assert.ok(ours.includes('src/workflows/device-lifecycle.ts'), ours.join());
    assert.deepEqual(
      ours.filter((source) => !source.startsWith('src/workflows/')),
      [],
    );
    assert.deepEqual(
      sources.filter((source) => source.startsWith('/')),
      [],
    );
  });

  it('is what workers load, until a source differs from what it was made of', async () => {
    const { folder } = await installPackage();
    const program = join(folder, 'bundles.mjs');
    const place = './node_modules/devicepass/';
    await writeFile(
      program,
      `import { appendFileSync } from 'node:fs';
       import { bundleWorkflows } from '${place}src/workflow-bundle.ts';
       const isBuilt = async () => /^\\/\\/ workflows /.test((await bundleWorkflows()).code);
       console.log(await isBuilt());
       appendFileSync(new URL('${place}src/workflows/state.ts', import.meta.url), '// mended\\n');
       console.log(await isBuilt());`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program], {
      cwd: folder,
    });
    assert.equal(stdout, 'true\nfalse\n');
  });
});
