import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { type Costs, readCosts } from './costs.ts';
import { chartOf, type FleetOptions, play, type Played } from './event.ts';
import type { Scenario } from './event/scenario.ts';
import { check } from './model.ts';
import { LIMITS } from './size.ts';
import * as tables from './tables.ts';
import { columns, markdown } from './text.ts';
import { numberOf } from './arguments.ts';

const DOCUMENT = new URL('../../docs/capacity.md', import.meta.url);

/** Those of the documentation. The rest is the default of `bench -- event`. */
const EVENTS = [
  { waiting: 34_000, signIns: 283 },
  { waiting: 140_000, signIns: 1_167 },
];
const KICK_OFF = { pollIntervalS: 15, rampS: 600, plateauS: 2_700, seed: 1 };
const FLEET: FleetOptions = { least: LIMITS.leastProcesses, startsWithinS: 45 };

/** What so many devices need, by the model; `--write` brings docs/capacity.md up to date. */
export async function capacity(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      'mean-wait-s': { type: 'string', default: String(tables.MEAN_WAIT_S) },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const costs = readCosts();
  if (values.write) {
    for (const [file, content] of await written(costs)) writeFileSync(file, content);
  }
  const sizes = tables.sizes(costs, numberOf(values, 'mean-wait-s'));
  if (values.json) return console.log(JSON.stringify({ sizes, check: check(costs.points, costs) }));
  const shown = [sizes, tables.operations(costs), tables.checks(costs)].map(columns);
  console.log([...shown, tables.sentences(costs).join('\n')].join('\n\n'));
}

/** What docs/capacity.md and its charts have to be, by file. */
export async function written(costs: Costs): Promise<[URL, string][]> {
  const events = EVENTS.map((event): { scenario: Scenario; waiting: number; played: Played[] } => {
    const scenario = { ...KICK_OFF, ...event };
    return { scenario, waiting: event.waiting, played: play(scenario, FLEET, costs) };
  });
  const sections = {
    sizes: markdown(tables.sizes(costs)),
    sentences: tables
      .sentences(costs)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
    operations: markdown(tables.operations(costs)),
    check: markdown(tables.checks(costs)),
    events: markdown(tables.events(events)),
  };
  const options = { ...(await resolveConfig(DOCUMENT.pathname)), parser: 'markdown' };
  const document = await format(filled(readFileSync(DOCUMENT, 'utf8'), sections), options);
  const charts = events.map(({ scenario, played }): [URL, string] => [
    new URL(`bench/event-${scenario.waiting}.svg`, DOCUMENT),
    chartOf(scenario, played),
  ]);
  return [[DOCUMENT, document], ...charts];
}

/** @throws Error where the document has no such place */
function filled(document: string, sections: Record<string, string>): string {
  return Object.entries(sections).reduce((text, [name, content]) => {
    const [from, to] = [`<!-- ${name}: npm run bench -- capacity --write -->`, `<!-- /${name} -->`];
    const [before, behind] = [text.indexOf(from), text.indexOf(to)];
    if (before === -1 || behind < before) throw new Error(`docs/capacity.md has no ${from}`);
    return `${text.slice(0, before + from.length)}\n\n${content}\n\n${text.slice(behind)}`;
  }, document);
}
