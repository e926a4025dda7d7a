import { execFile, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** For Java programs that run for seconds: compiling their code well takes longer than it saves. */
export const BRIEFLY = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] as const;
/** The same for Maven, beside whatever this machine wants of it. */
export const BRIEF_MAVEN = {
  MAVEN_OPTS: [process.env['MAVEN_OPTS'] ?? '', ...BRIEFLY].join(' ').trim(),
};

/**
 * Whether a program can be started here, with arguments that only print something. Not awaited: a
 * test file with an `await` of its own gets modules of its own, and a second Temporal runtime.
 */
export function has(program: string, ...args: string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** Builds or installs something. Rejects with the end of what it said. */
export async function prepare(
  program: string,
  args: string[],
  options: { cwd?: string } = {},
): Promise<void> {
  const env = { ...process.env, ...BRIEF_MAVEN };
  await run(program, args, { ...options, env, maxBuffer: 64 * 1024 * 1024 });
}

/** A TV in another language: its JSON lines, merged, once it ended; `onCode` with the code it shows. */
export async function runTv(
  program: string,
  args: string[],
  env: Record<string, string>,
  onCode: (code: string) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  const told: Record<string, unknown> = {};
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const news = JSON.parse(line) as Record<string, unknown>;
      Object.assign(told, news);
      if (typeof news['user_code'] === 'string') await onCode(news['user_code']);
    }
    const code = await ended;
    if (code !== 0)
      throw new Error(`the TV ended with ${String(code)}: ${complaints.slice(-2_000)}`);
    return told;
  } finally {
    child.kill('SIGKILL');
  }
}
