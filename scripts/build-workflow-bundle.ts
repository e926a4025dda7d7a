import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buildWorkflowBundle } from '../src/workflow-bundle.ts';

const { file, code } = await buildWorkflowBundle();
await mkdir(dirname(file), { recursive: true });
// In one step: a worker that starts now reads the old one or the new one.
await writeFile(`${file}.${process.pid}`, code);
await rename(`${file}.${process.pid}`, file);
