#!/usr/bin/env node
// Runs the TypeScript sources as they are; what is missing on this machine is named in one line.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: devicepass needs 20.19 or newer`);
}
const tsx = await import('tsx/esm/api').catch(() =>
  fail('packages are missing: run `npm ci` first'),
);
tsx.register();
await import('../src/cli/main.ts');

function fail(message) {
  process.stderr.write(`devicepass: ${message}\n`);
  process.exit(1);
}
