import type { Logger } from '../log.ts';
import type { OnRefused } from './quotas.ts';

const ONCE_A_MS = 60_000;

/** Tells operators which limits refuse somebody, each once a minute with how often. Never whom. */
export function logRefusals(logger: Pick<Logger, 'warn'>, now: () => number = Date.now): OnRefused {
  const told = new Map<string, { at: number; since: number }>();
  return (limit, statement) => {
    const before = told.get(limit);
    if (before && now() - before.at < ONCE_A_MS) {
      before.since += 1;
      return;
    }
    const refused = 1 + (before?.since ?? 0);
    told.set(limit, { at: now(), since: 0 });
    const whose = statement === undefined ? {} : { statement };
    logger.warn({ limit, refused, ...whose }, 'a limit is used up: see GATEWAY_* in .env.example');
  };
}
