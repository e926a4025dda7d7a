import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFile } from '../compose/support.ts';
import { type Farm, signIn, startFarm } from '../gateway/support.ts';
import { eventually } from '../support/stack.ts';

/** The lines for another terminal, as the README prints them. */
function curlLines(): string[] {
  const [, section = ''] = projectFile('README.md').split('## Use it from a TV');
  const [, lines = ''] = /```sh\n(GATEWAY=[^]*?)```/.exec(section) ?? [];
  return lines.split('\n');
}

describe('the curl lines of the README', function () {
  this.timeout(60_000);
  let farm: Farm;
  let folder: string;
  before(async () => {
    farm = await startFarm();
    folder = mkdtempSync(join(tmpdir(), 'devicepass-curl-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await farm.stop();
  });

  it('are five, and go from registration to a play and an event', async () => {
    const [settings, ...lines] = curlLines();
    assert.match(settings ?? '', /^GATEWAY=\S+ STATEMENT=\S+$/);
    assert.equal(lines.filter((line) => /\bcurl /.test(line)).length, 5);
    const script = lines.flatMap((line) =>
      line.includes('/oauth/device_authorization') ? [line, 'read -r signed_in'] : [line],
    );
    const shell = spawn('bash', ['-e', '-c', script.join('\n')], {
      cwd: folder,
      env: { ...process.env, GATEWAY: farm.url, STATEMENT: farm.statement },
    });
    let printed = '';
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    const ended = once(shell, 'close');
    const code = await eventually(
      () => /"user_code":"([^"]+)"/.exec(printed)?.[1],
      `a code in ${printed}`,
    );
    await signIn(farm, code);
    shell.stdin.end('\n');
    assert.deepEqual(await ended, [0, null], printed);
    assert.match(printed, /"status":"permitted"/);
    assert.match(printed, /^event: signed-in$/m);
  });
});
