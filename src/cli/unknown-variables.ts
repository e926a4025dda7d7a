import { AEM_VARIABLES } from '../aem-settings.ts';
import { AGENT_VARIABLES } from '../agent/settings.ts';
import { WORKER_VARIABLES } from '../config.ts';
import { GATEWAY_VARIABLES } from '../gateway/settings.ts';
import { createLogger } from '../log.ts';
import { MEDIA_TOKEN_VARIABLES } from '../media-token-settings.ts';
import { SERVICE_TOKEN_VARIABLES } from '../service-token-settings.ts';

const OURS = /^(DEVICEPASS|ADOBE_PASS|ADOBE_MANAGEMENT|AEM|IMS|GATEWAY|MEDIA_TOKEN)_/;
const KNOWN = [
  ...new Set([
    ...WORKER_VARIABLES,
    ...AEM_VARIABLES,
    ...GATEWAY_VARIABLES,
    ...AGENT_VARIABLES,
    ...MEDIA_TOKEN_VARIABLES,
    ...SERVICE_TOKEN_VARIABLES,
  ]),
];
/** More differences than this are no slip of the fingers. */
const MOST_DIFFERENCES = 4;

/**
 * Warns of each variable that looks like a setting of ours and is none, so that a misspelt one does
 * not go unnoticed. One environment may serve all processes: the settings of any of them are known.
 * Values are not repeated, for they may be secret.
 */
export function warnOfUnknownVariables(
  env: NodeJS.ProcessEnv,
  warn: (fields: { variable: string }, line: string) => void = warnAtOnce(env),
): void {
  for (const name of Object.keys(env).filter((name) => OURS.test(name) && !KNOWN.includes(name))) {
    const near = nearest(name);
    warn(
      { variable: name },
      `${name} is not a setting and has no effect: ${near === undefined ? 'see .env.example' : `did you mean ${near}?`}`,
    );
  }
}

/**
 * Reads the level before the settings are checked, for a misspelt name often is why the check
 * fails; and writes at once, for the next line may be the one that ends the process.
 */
function warnAtOnce({ DEVICEPASS_LOG_LEVEL = '' }: NodeJS.ProcessEnv) {
  const quiet = ['error', 'fatal', 'silent'].includes(DEVICEPASS_LOG_LEVEL);
  const logger = createLogger(quiet ? 'silent' : 'warn', process.stderr);
  return (fields: object, line: string) => logger.warn(fields, line);
}

function nearest(name: string): string | undefined {
  const [best] = KNOWN.map((known) => ({ known, differences: differences(name, known) })).sort(
    (one, other) => one.differences - other.differences,
  );
  return best && best.differences <= MOST_DIFFERENCES ? best.known : undefined;
}

/** Letters to add, drop or replace to get from one to the other (Levenshtein). */
function differences(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of one.split('').entries()) {
    const next = [at + 1];
    for (const [index, wanted] of other.split('').entries()) {
      const replaced = (row[index] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
