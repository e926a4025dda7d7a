import { type SharedTemporals, shareTemporals, stopTemporals } from './shared-temporals.ts';
import { stopShared } from './stack.ts';

// What tests share (a Temporal server, the bundled workflows) is started by the first that needs it.
// Where files run side by side, it is started before them all, a server for each process.

let temporals: SharedTemporals | undefined;

/** Runs once, in the process that was started. */
export async function mochaGlobalSetup(): Promise<void> {
  const at = process.argv.indexOf('--jobs');
  if (at !== -1) temporals = await shareTemporals(Number(process.argv[at + 1]));
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTemporals(temporals);
}

export const mochaHooks = {
  async afterAll() {
    // Side by side these hooks run for each file, and the next file uses the same server.
    if (process.env['MOCHA_WORKER_ID'] === undefined) await stopShared();
  },
};
