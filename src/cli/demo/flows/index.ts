import { CommandError } from '../../fail.ts';
import { amazon } from './amazon.ts';
import { apple } from './apple.ts';
import { basic } from './basic.ts';
import { degraded } from './degraded.ts';
import type { Flow } from './flow.ts';
import { household } from './household.ts';
import { roku } from './roku.ts';
import { temppass } from './temppass.ts';

/** What `--flow` may name, in the order of the help. A flow is a file in this folder and a line here. */
export const FLOWS: ReadonlyMap<string, Flow> = new Map(
  Object.entries({ basic, temppass, degraded, apple, roku, amazon, household }),
);

/**
 * The flow of a name.
 *
 * @throws CommandError with the names that there are
 */
export function flowNamed(name: string): Flow {
  const flow = FLOWS.get(name);
  if (flow) return flow;
  const names = [...FLOWS.keys()].join(', ');
  throw new CommandError(`--flow is ${name}, which is no flow: use one of ${names}`);
}

/** A line a flow, for the help. */
export function flowsHelp(): string {
  const width = Math.max(...[...FLOWS.keys()].map(({ length }) => length));
  const lines = [...FLOWS].map(([name, flow]) => `  ${name.padEnd(width)}  ${flow.description}`);
  return `\nFlows:\n${lines.join('\n')}\n`;
}
