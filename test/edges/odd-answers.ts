import * as fc from 'fast-check';
import type { Operation } from '../../src/sandbox/index.ts';
import { dcrCodes, v2Codes } from '../../src/error-codes/index.ts';

/** One change of an answer that is as documented otherwise. */
export interface Edit {
  /** Of all fields with this name. */
  field: string;
  change:
    | 'drop'
    | 'null'
    | 'text'
    | 'number'
    | 'object'
    | 'list'
    | 'unknown'
    | 'seconds'
    | 'behind'
    | 'ahead';
}

/** What Adobe does to one call of an operation. */
export type Odd = { operation: Operation } & (
  | { kind: 'edits'; edits: Edit[] }
  | { kind: 'answer'; status: number; body: string; headers?: Record<string, string> }
  | { kind: 'items'; error: { code?: string; action?: string; status: number; message: string } }
  | { kind: 'more-profiles'; type: string; endsInMs: number }
  | { kind: 'reset' }
);

const OPERATIONS: Operation[] = [
  'register',
  'token',
  'createSession',
  'resumeSession',
  'profiles',
  'profileByMvpd',
  'profileByCode',
  'preauthorize',
  'authorize',
  'logout',
];

/** Names in the answers of all operations, as "REST API V2" and "Dynamic Client Registration" list them. */
const FIELDS = (
  'client_id client_secret access_token created_at expires_in token_type id code url notBefore ' +
  'notAfter actionName actionType reasonType sessionId missingParameters mvpd serviceProvider ' +
  'profiles issuer type attributes decisions resource authorized token serializedToken source logouts'
).split(' ');

const PAGE = '<html><head><title>Oops</title></head><body>nginx</body></html>';
const HOUR = 3_600_000;

const codes = fc.oneof(
  fc.constantFrom(...v2Codes).map(({ status, code, action }) => ({ status, code, action })),
  fc.record({
    status: fc.constantFrom(200, 400, 401, 403, 404, 409, 500, 503),
    code: fc.constantFrom('novel_code', 'authenticated_profile_missing', 'invalid_integration'),
    action: fc.constantFrom('novel-action', 'none', 'authentication', 'retry', 'authorization'),
  }),
);
const error = codes.map((told) => ({ ...told, message: 'what Adobe says', trace: 'trace-1' }));

const CHANGES: Edit['change'][] = [
  'drop',
  'null',
  'text',
  'number',
  'object',
  'list',
  'unknown',
  'seconds',
  'behind',
  'ahead',
];
const edits = fc.array(
  fc.record({ field: fc.constantFrom(...FIELDS), change: fc.constantFrom(...CHANGES) }),
  { minLength: 1, maxLength: 3 },
);

const answers = fc.oneof(
  error.map((told) => ({ status: told.status, body: JSON.stringify(told) })),
  error.map((told) => ({ status: 200, body: JSON.stringify(told) })),
  error.map((told) => ({ status: told.status, body: JSON.stringify({ error: told }) })),
  fc
    .constantFrom(...dcrCodes)
    .map(({ code }) => ({ status: 400, body: JSON.stringify({ error: code }) })),
  fc.record({
    status: fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 405, 500, 502, 503),
    body: fc.constantFrom('', PAGE, '{}', '[]', 'null', '{"profiles":', '"text"'),
  }),
  fc.constantFrom('1', '2').map((seconds) => ({
    status: 429,
    body: PAGE,
    headers: { 'retry-after': seconds, 'content-type': 'text/html' },
  })),
);

const behaviour = fc.oneof(
  { weight: 4, arbitrary: edits.map((changes) => ({ kind: 'edits' as const, edits: changes })) },
  { weight: 4, arbitrary: answers.map((answer) => ({ kind: 'answer' as const, ...answer })) },
  { weight: 2, arbitrary: error.map((told) => ({ kind: 'items' as const, error: told })) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('more-profiles' as const),
      type: fc.constantFrom('regular', 'temporary', 'degraded', 'novel'),
      endsInMs: fc.constantFrom(-HOUR, 0, 2_000, HOUR, 900 * HOUR),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
);

/** Of one operation, how often it happens on end, and what. */
export const odds = fc.array(
  fc
    .tuple(fc.constantFrom(...OPERATIONS), behaviour, fc.integer({ min: 1, max: 4 }))
    .map(([operation, what, times]) => ({ odd: { operation, ...what } as Odd, times })),
  { maxLength: 6 },
);

/** The answer as it would be with the edits; at whatever depth the fields stand. */
export function edited(value: unknown, changes: readonly Edit[]): unknown {
  if (Array.isArray(value)) return value.map((item) => edited(item, changes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, content]): [string, unknown][] => {
      const change = changes.find(({ field }) => field === name)?.change;
      if (change === 'drop') return [];
      return [[name, change ? changed(content, change) : edited(content, changes)]];
    }),
  );
}

function changed(content: unknown, change: Exclude<Edit['change'], 'drop'>): unknown {
  const time = Number(content);
  const isTime = Number.isFinite(time) && time > 1e12;
  switch (change) {
    case 'null':
      return null;
    case 'text':
      return typeof content === 'number' ? String(content) : 'text';
    case 'number':
      return Number.isFinite(time) ? time : 7;
    case 'object':
      return { odd: content };
    case 'list':
      return [content];
    case 'unknown':
      return 'novel_value';
    case 'seconds':
      return isTime ? Math.floor(time / 1000) : content;
    case 'behind':
      return isTime ? time - 5 * HOUR : content;
    case 'ahead':
      return isTime ? time + 5 * HOUR : content;
  }
}
