import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttp } from '../../src/http/index.ts';
import type { HttpOptions } from '../../src/http/index.ts';
import { ImsError, createIms } from '../../src/ims/index.ts';
import type {
  CredentialSource,
  Ims,
  ImsEvent,
  ImsOptions,
  TokenSource,
} from '../../src/ims/index.ts';
import { startImsSandbox } from '../../src/sandbox/ims/index.ts';
import type { ImsSandbox, ImsSandboxOptions } from '../../src/sandbox/ims/index.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const toClose: (() => Promise<void> | void)[] = [];

/** Ends everything that the test started. */
export async function cleanUp(): Promise<void> {
  for (const close of toClose.splice(0)) await close();
}

/** A clock that moves only when told, or when somebody sleeps. */
export function fakeClock(at = Date.now()) {
  const slept: number[] = [];
  return {
    slept,
    at,
    now() {
      return this.at;
    },
    async sleep(ms: number) {
      slept.push(ms);
      this.at += ms;
    },
    pass(ms: number) {
      this.at += ms;
    },
  };
}

export interface Stage {
  sandbox: ImsSandbox;
  ims: Ims;
  clock: ReturnType<typeof fakeClock>;
  events: ImsEvent[];
  /** How many calls each endpoint got. */
  calls: () => number;
  tokens: (credentials: object) => TokenSource;
}

/** A sandbox and a client with the same clock. */
export async function stage(
  options: { sandbox?: ImsSandboxOptions; ims?: Partial<ImsOptions>; http?: HttpOptions } = {},
): Promise<Stage> {
  const clock = fakeClock();
  const sandbox = await startImsSandbox({ now: () => clock.now(), ...options.sandbox });
  const http = createHttp(options.http);
  toClose.push(async () => {
    http.close();
    await sandbox.stop();
  });
  const events: ImsEvent[] = [];
  const ims = createIms({
    http,
    clock,
    allowedHosts: [sandbox.url],
    imsEndpoint: sandbox.host,
    onEvent: (event) => events.push(event),
    ...options.ims,
  });
  return {
    sandbox,
    ims,
    clock,
    events,
    calls: () => sandbox.requests.length,
    tokens: (credentials) => ims.tokens(textOf(credentials)),
  };
}

export function textOf(credentials: object): CredentialSource {
  return { from: 'text', text: JSON.stringify(credentials) };
}

/** The ImsError that the promise rejects with. */
export async function refusal(promise: Promise<unknown>): Promise<ImsError> {
  const error: unknown = await promise.then(
    () => assert.fail('no error came'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ImsError, String(error));
  return error;
}

/** Waits until the condition holds; for what goes on beside the callers. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!condition()) {
    assert.ok(performance.now() < end, `never came: ${what}`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

export interface CredentialFile {
  path: string;
  source: CredentialSource;
  write(content: object | string, mode?: number): Promise<void>;
}

/** A credential file in a folder of its own. */
export async function credentialFile(content: object | string): Promise<CredentialFile> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-'));
  toClose.push(async () => rm(folder, { recursive: true }));
  const path = join(folder, 'credentials.json');
  let written = Date.now() - hourMs;
  const file: CredentialFile = {
    path,
    source: { from: 'file', path },
    async write(next, mode = 0o600) {
      await rm(path, { force: true });
      await writeFile(path, typeof next === 'string' ? next : JSON.stringify(next), { mode });
      // Two writes of a test may fall into the same tick of the file system's clock.
      written += 1000;
      await utimes(path, new Date(written), new Date(written));
    },
  };
  await file.write(content);
  return file;
}
