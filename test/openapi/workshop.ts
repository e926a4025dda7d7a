import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** A copy of one folder of this one, with the API's description in it, for programs of others. */
export interface Workshop {
  folder: string;
  /** What the gateway says of its API. */
  document: string;
  /** Runs a program there, and answers with what it printed. Rejects with all that it said. */
  run: (program: string, ...args: string[]) => Promise<string>;
  /** Compiles `flow.ts` and what was generated; the program that came of it. */
  compile: () => Promise<string>;
  close: () => Promise<void>;
}

/** Opens one, with the packages that the folder names, if it names any. */
export async function openWorkshop(name: string, url: string): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), `devicepass-${name}-`));
  const origin = fileURLToPath(new URL(`./${name}/`, import.meta.url));
  await cp(origin, folder, { recursive: true });
  const document = join(folder, 'openapi.json');
  const response = await fetch(`${url}/openapi.json`);
  await writeFile(document, await response.text());
  const run = async (program: string, ...args: string[]) =>
    new Promise<string>((resolve, reject) => {
      execFile(program, args, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`.slice(-4_000)));
        else resolve(stdout);
      });
    });
  return {
    folder,
    document,
    run,
    async compile() {
      await run(process.execPath, TSC, '--project', '.');
      return join(folder, 'built', 'flow.js');
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Installs what the folder's `package.json` names, without scripts of strangers. */
export async function install({ run }: Workshop): Promise<void> {
  await run('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts');
}
