import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BRIEF_MAVEN } from '../oauth-clients/run.ts';

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
      const env = { ...process.env, ...BRIEF_MAVEN };
      const options = { cwd: folder, env, maxBuffer: 2 ** 26 };
      execFile(program, args, options, (error, stdout, stderr) => {
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

/**
 * Installs what the folder's `package.json` names, without scripts of strangers. What npm has kept of an
 * earlier run is taken as it is.
 */
export async function install({ run }: Workshop): Promise<void> {
  const quickly = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', 'install', ...quickly, '--ignore-scripts');
}
