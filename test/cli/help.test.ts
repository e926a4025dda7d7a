import assert from 'node:assert/strict';
import { projectFile } from '../compose/support.ts';
import { devicepass } from './support.ts';

describe('the help of a command that takes settings', function () {
  this.timeout(60_000);
  const known = new Set(
    [...projectFile('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name),
  );

  for (const [command, setting] of [
    ['worker', 'ADOBE_PASS_URL'],
    ['gateway', 'GATEWAY_ISSUER'],
    ['agent', 'AEM_HOST_INSTALL_DIR'],
    ['aem audit', 'DEVICEPASS_TASK_QUEUE'],
    ['aem install-queries', 'AEM_AUTHOR_URL'],
  ] as const) {
    it(`names the main ones of ${command}, and where all are`, async () => {
      const { stdout } = await devicepass([...command.split(' '), '--help']);
      assert.match(stdout, /see \.env\.example/);
      const [, names = ''] = /^Main ones: (.+)$/m.exec(stdout) ?? [];
      assert.ok(names.split(', ').includes(setting), stdout);
      for (const name of names.split(', ')) assert.ok(known.has(name), name);
    });
  }
});
