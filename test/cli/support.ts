import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a run of the command ended. */
export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const DEVICEPASS = fileURLToPath(new URL('../../bin/devicepass.js', import.meta.url));

/** Runs `devicepass` as people do, with nothing in its environment but what is given. */
export async function devicepass(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [DEVICEPASS, ...args],
      { env: { PATH, HOME, ...env }, timeout: 60_000 },
      (error, stdout, stderr) => {
        const exitCode = error ? Number(error.code ?? -1) : 0;
        resolve({ exitCode, stdout, stderr });
      },
    );
  });
}
