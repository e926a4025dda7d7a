import { AdobePassError, type Decision, isRetryable } from '../adobe-pass/index.ts';
import { MAX_ATTEMPTS } from './upstream.ts';

const BACKOFF_MS = 200;

/**
 * Asks for decisions, and again for the items that say `retry` or when the call itself failed so,
 * three times in all and within the deadline (EEC-04, EEC-05, AZ-06). What is settled is never asked
 * again.
 *
 * @param deadline - ms since the epoch
 * @throws what the last call threw, where no call had an answer
 */
export async function inTries(
  deadline: number,
  resources: string[],
  decide: (resources: string[]) => Promise<Decision[]>,
): Promise<Decision[]> {
  const settled: Decision[] = [];
  let undecided: Decision[] = [];
  let open = resources;
  for (let attempt = 1; ; attempt += 1) {
    let pauseMs = BACKOFF_MS * attempt;
    const mayGoOn = () => attempt < MAX_ATTEMPTS && Date.now() + pauseMs < deadline;
    try {
      const decisions = await decide(open);
      undecided = decisions.filter(({ error }) => error !== undefined && isRetryable(error));
      settled.push(...decisions.filter((decision) => !undecided.includes(decision)));
      if (undecided.length === 0 || !mayGoOn()) return [...settled, ...undecided];
      open = undecided.map(({ resource }) => resource);
    } catch (error) {
      if (!(error instanceof AdobePassError) || !error.retryable) throw error;
      pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
      if (!mayGoOn()) {
        if (undecided.length > 0) return [...settled, ...undecided];
        throw error;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
