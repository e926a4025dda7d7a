import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { heartbeat, sleep } from '@temporalio/activity';
import { call, poll } from './calls.ts';

const baseUrl = process.env['STAND_IN_URL'] ?? '';

export async function ask(path: string): Promise<void> {
  await call(baseUrl, path);
}

export async function askAll(paths: string[]): Promise<void> {
  for (const path of paths) await ask(path);
}

export async function pollOnce(code: string): Promise<boolean> {
  return poll(baseUrl, code);
}

/** Fails until the viewer has signed in, so that the server tries again after the interval. */
export async function pollOrFail(code: string): Promise<void> {
  if (await poll(baseUrl, code)) return;
  throw ApplicationFailure.create({
    message: 'pending',
    type: 'Pending',
    category: ApplicationFailureCategory.BENIGN,
  });
}

export async function pollUntilSignedIn(code: string, intervalMs: number): Promise<void> {
  await sleep(Math.random() * intervalMs);
  while (!(await poll(baseUrl, code))) {
    heartbeat();
    await sleep(intervalMs);
  }
}
