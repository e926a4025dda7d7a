import * as fc from 'fast-check';
import { type Stack, startStack } from '../support/stack.ts';
import { type AdobeModel, startAdobeModel } from './adobe-model.ts';
import { smallest } from './shrink.ts';
import { play, POLL_INTERVAL_MS, type Scenario, scenarios } from './viewer-run.ts';

/** More with `EDGES_RUNS=1000`; the same again with `EDGES_SEED`. */
const RUNS = Number(process.env['EDGES_RUNS'] ?? 40);
const SEED = Number(process.env['EDGES_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 12;

/** What was found once, as small as it got. */
const FOUND: Record<string, Scenario> = {
  // A scheduled poll came 50 ms after the second nudge.
  'two nudges beside a scheduled poll': {
    messages: ['choose another', 'nudge', 'nudge'],
    odds: [],
  },
  // Polls for the code went on after the viewer was signed in by it, and out again.
  'a login that is begun anew while signed in': {
    messages: ['choose on the TV', 'log in'],
    odds: [],
  },
};

describe('whatever Adobe answers that its documents allow', () => {
  let stack: Stack;
  let model: AdobeModel;
  before(async function () {
    this.timeout(300_000);
    model = await startAdobeModel();
    stack = await startStack({
      sandbox: { throttle: false },
      adobePass: {
        url: model.url,
        throttle: { ratePerSecond: 100, burst: 100, burstRefills: true },
      },
      config: {
        pollIntervalMs: POLL_INTERVAL_MS,
        automaticSessions: { rule: 'present', limit: 2 },
      },
    });
    model.target = stack.sandbox.url;
  });
  after(async () => {
    await stack.stop();
    model.stop();
  });

  for (const [what, scenario] of Object.entries(FOUND)) {
    it(`lets a viewer in and out after ${what}`, async function () {
      this.timeout(60_000);
      await play(stack, model, scenario);
    });
  }

  it(`lets a viewer in and out: ${RUNS} scenarios of seed ${SEED}`, async function () {
    this.timeout(60_000 + RUNS * 10_000);
    const left = fc.sample(scenarios, { numRuns: RUNS, seed: SEED });
    const failures: { scenario: Scenario; error: unknown }[] = [];
    const one = async () => {
      for (let next = left.pop(); next && failures.length === 0; next = left.pop()) {
        const scenario = next;
        await play(stack, model, scenario).catch((error) => failures.push({ scenario, error }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    const [failed] = failures;
    if (!failed) return;
    const { scenario, error } = failed;
    console.log(`    found: ${JSON.stringify(scenario)}: ${String(error)}`);
    const kindOfAlone = async (smaller: Scenario) =>
      play(stack, model, smaller).then(() => undefined, kindOf);
    const found = await smallest(
      scenario,
      async (smaller) => (await kindOfAlone(smaller)) === kindOf(error),
    );
    throw new Error(JSON.stringify(found), { cause: error });
  });
});

/** A failure without what differs from run to run. */
function kindOf(error: unknown): string {
  return String(error).replace(/\{.*|[A-Z0-9]{7}|\d+/gs, '');
}
