import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `devicepass demo` as a process of its own, as people start it. */
export class Demo {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(args: string[], env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, ['bin/devicepass.js', 'demo', ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#exited = once(this.#child, 'close');
  }

  /** The first match in what it has printed, as soon as there is one. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return eventually(
      () => pattern.exec(this.stdout) ?? (this.#hasExited ? Promise.reject(this.#early()) : false),
      `the demo prints ${String(pattern)}`,
      60_000,
    );
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Its exit code. */
  async ends(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }

  async stop(): Promise<void> {
    if (this.#hasExited) return;
    this.#child.kill('SIGTERM');
    await this.#exited;
  }

  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #early(): Error {
    return new Error(`the demo ended early: ${this.stderr}`);
  }
}
