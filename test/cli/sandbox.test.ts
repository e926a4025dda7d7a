import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createAemEnvironment } from '../../src/aem-environment.ts';
import { readAemSettings } from '../../src/aem-settings.ts';
import { eventually } from '../support/stack.ts';
import { devicepass } from './support.ts';

const DEVICEPASS = fileURLToPath(new URL('../../bin/devicepass.js', import.meta.url));

describe('the command sandbox', function () {
  this.timeout(60_000);
  let child: ChildProcess | undefined;
  afterEach(async () => {
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  /** Starts it, and gives what it prints once it is up. */
  async function started(args: string[]): Promise<string> {
    const running = spawn(process.execPath, [DEVICEPASS, 'sandbox', '--port', '0', ...args]);
    child = running;
    let printed = '';
    running.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await eventually(() => printed.includes('Ctrl+C stops it.'), 'the sandbox is up', 30_000);
    return printed;
  }

  it('gives with --aem the settings of a catalogue that can be read and installed', async () => {
    const lines = (await started(['--aem'])).matchAll(/^ +([A-Z_]+)=(.*)$/gm);
    const env = Object.fromEntries(Array.from(lines, ([, name = '', value]) => [name, value]));
    const settings = readAemSettings(env);
    assert.ok(settings && env['ADOBE_PASS_URL']);
    const aem = createAemEnvironment(settings);
    try {
      for (const tier of ['author', 'publish'] as const) {
        assert.ok((await aem.catalogue(tier).page()).titles.length > 0, tier);
      }
    } finally {
      aem.close();
    }
    await devicepass(['aem', 'install-queries'], env);
    const { stdout, stderr } = await devicepass(['aem', 'install-queries'], env);
    assert.match(stdout, /^unchanged tve\/assets-page$/m, stderr);
    child?.kill('SIGTERM');
    assert.deepEqual(await once(child ?? assert.fail(), 'exit'), [0, null]);
  });

  it('stands in for Adobe Pass alone otherwise', async () => {
    assert.doesNotMatch(await started([]), /AEM|IMS/);
  });
});
