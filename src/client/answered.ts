import { setTimeout as sleep } from 'node:timers/promises';
import { QueryNotRegisteredError } from '@temporalio/client';

const PAUSE_MS = 100;
const TRIES = 40;

/** The answer of a query. A run that begins checks what it was handed, and answers none before that. */
export async function answered<T>(query: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await query();
    } catch (error) {
      if (!(error instanceof QueryNotRegisteredError) || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
