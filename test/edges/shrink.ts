import type { Scenario } from './viewer-run.ts';

/** The smallest scenario that still fails, by leaving out one thing after the other. */
export async function smallest(
  scenario: Scenario,
  fails: (smaller: Scenario) => Promise<boolean>,
): Promise<Scenario> {
  for (const smaller of onesLess(scenario)) {
    if (await fails(smaller)) return smallest(smaller, fails);
  }
  return scenario;
}

function onesLess({ messages, odds }: Scenario): Scenario[] {
  return [
    ...odds.map((_odd, index) => ({ messages, odds: odds.toSpliced(index, 1) })),
    ...messages.map((_message, index) => ({ messages: messages.toSpliced(index, 1), odds })),
    ...odds.flatMap(({ odd, times }, index) =>
      times > 1 ? [{ messages, odds: odds.with(index, { odd, times: 1 }) }] : [],
    ),
  ];
}
