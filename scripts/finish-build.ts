// What the compiler leaves to do for a build: files that are no TypeScript, the workflows as one file, and
// what all of it was made of, by which `bin/devicepass.js` tells whether it is still good.
import { cpSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorkflowBundle, hashesOf } from '../src/workflow-bundle.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');

/** In one step: a process that starts now reads the old one or the new one. */
function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
  .toSorted();

for (const file of sources.filter((name) => !name.endsWith('.ts'))) {
  cpSync(join(root, file), join(root, file.replace(/^src/, 'dist')));
}
const { file, code } = await buildWorkflowBundle();
put(file, code);
put(join(dist, 'made-of.json'), JSON.stringify(hashesOf(sources)));
