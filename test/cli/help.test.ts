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

describe('a command that was typed wrong', function () {
  this.timeout(60_000);

  for (const [typed, help] of [
    ['nonsense', 'devicepass'],
    ['keys nonsense', 'devicepass keys'],
    ['keys rotate --stepp', 'devicepass keys rotate'],
    ['aem keys rollout', 'devicepass aem keys rollout'],
    ['demo farm now', 'devicepass demo farm'],
  ] as const) {
    it(`points at the help of ${help}: ${typed}`, async () => {
      const { exitCode, stderr } = await devicepass(typed.split(' '));
      assert.equal(exitCode, 1);
      assert.match(stderr, /^error: /);
      assert.ok(stderr.endsWith(`(${help} --help tells more)\n`), stderr);
    });
  }

  it('is told from a question for the version', async () => {
    const { version } = JSON.parse(projectFile('package.json')) as { version: string };
    assert.deepEqual(await devicepass(['--version']), {
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});
