import type { Answer } from './call.ts';

const MOMENTS = new Set(['notBefore', 'notAfter', 'created_at', 'expiration_date']);

/** The answer as a server prints it whose clock is ahead of ours (or behind), its `Date` header too. */
export function byItsClock(answer: Answer, aheadMs: number): Answer {
  if (aheadMs === 0) return answer;
  const date = new Date(Date.now() + aheadMs).toUTCString();
  const json = shifted(answer.json, aheadMs);
  return {
    ...answer,
    headers: { date, ...answer.headers },
    ...(json === undefined ? {} : { json }),
  };
}

function shifted(value: unknown, byMs: number): unknown {
  if (Array.isArray(value)) return value.map((each) => shifted(each, byMs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      MOMENTS.has(name) ? moved(each, byMs) : shifted(each, byMs),
    ]),
  );
}

function moved(moment: unknown, byMs: number): unknown {
  if (typeof moment === 'number') return moment + byMs;
  if (typeof moment === 'string') return String(Number(moment) + byMs);
  return shifted(moment, byMs);
}
