import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from '../support/stack.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

/** An empty project in which what `npm pack` makes here has been installed. */
export interface Project {
  folder: string;
  remove: () => Promise<void>;
}

/** Beside the package lie its own dependencies and nothing else, as npm would lay them. */
export async function installPackage(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const file = /"filename":\s*"([^"]+)"/.exec(stdout)?.[1];
  if (file === undefined) throw new Error(stdout);
  const modules = join(folder, 'node_modules');
  const place = join(modules, 'devicepass');
  await mkdir(place, { recursive: true });
  await run('tar', ['-xzf', join(folder, file), '-C', place, '--strip-components=1']);
  const manifest = JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  await mkdir(join(modules, '.bin'));
  await symlink('../devicepass/bin/devicepass.js', join(modules, '.bin', 'devicepass'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** `npx devicepass ...`, as a person starts it. */
export class Npx {
  printed = '';
  readonly #child;
  readonly #closed: Promise<unknown>;

  constructor({ folder: cwd }: Project, args: string[], env: NodeJS.ProcessEnv = {}) {
    const { PATH, HOME, TEMPORAL_ADDRESS } = { ...process.env, ...env };
    const temporal = TEMPORAL_ADDRESS === undefined ? {} : { TEMPORAL_ADDRESS };
    this.#child = spawn('npx', ['devicepass', ...args], {
      cwd,
      env: { PATH, HOME, ...temporal, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    }
    this.#closed = once(this.#child, 'close');
  }

  prints(pattern: RegExp): Promise<boolean> {
    return eventually(
      () => pattern.test(this.printed),
      `npx devicepass prints ${String(pattern)}, not ${this.printed}`,
      60_000,
    );
  }

  /** As a process manager ends it: npx alone gets the signal. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** The exit code, once nobody holds its output any more: npx, its shell, the command. */
  async ends(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }
}
