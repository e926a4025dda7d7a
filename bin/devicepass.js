#!/usr/bin/env node
// Runs what was built, in half the time, or the TypeScript sources where they are newer; what is missing on
// this machine is named in one line.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: devicepass needs 20.19 or newer`);
}
if (isBuilt()) {
  await import('../dist/cli/main.js').catch(unlessPackagesAreMissing);
} else {
  const tsx = await import('tsx/esm/api').catch(() =>
    fail('packages are missing: run `npm ci` first'),
  );
  tsx.register();
  await import('../src/cli/main.ts');
}

/** Of the sources as they are: a new one can't come in but through one that changes. */
function isBuilt() {
  const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url));
  try {
    return Object.entries(JSON.parse(read('dist/made-of.json'))).every(
      ([path, hash]) => createHash('sha256').update(read(path)).digest('base64url') === hash,
    );
  } catch {
    return false; // there is none, or a source is gone
  }
}

function unlessPackagesAreMissing(error) {
  if (error?.code === 'ERR_MODULE_NOT_FOUND') fail('packages are missing: run `npm ci` first');
  throw error;
}

function fail(message) {
  process.stderr.write(`devicepass: ${message}\n`);
  process.exit(1);
}
