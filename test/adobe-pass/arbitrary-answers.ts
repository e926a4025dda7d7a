import * as fc from 'fast-check';

/** Anything, but often what is documented. */
const often = (...documented: unknown[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...documented) },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined, '', 7, -1, 'x', true, [], {}) },
    { weight: 1, arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: false }) },
  );
const now = Date.now();
const times = [-1e7, -60_000, 0, 60_000, 1.8e6, 1e9].map((ms) => now + ms);
const time = often(
  ...times,
  ...times.map(String),
  ...times.map((ms) => Math.round(ms / 1000)),
  new Date(now).toISOString(),
  9e15,
  1e308,
);
const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    { weight: 1, arbitrary: often({}) },
  );
const error = record({
  action: often('none', 'retry', 'authentication', 'configuration', 'novel'),
  code: often('authenticated_profile_missing', 'internal_server_error', 'novel_code'),
  status: often(400, '403', 500),
  message: often('Words.', { text: 'Words.' }),
  trace: often('t-1'),
});
const life = { notBefore: time, notAfter: time };
const profile = record({ ...life, type: often('regular', 'temporary'), attributes: often({}) });
const decision = record({
  ...life,
  resource: often('r', ' R'),
  authorized: often(true, false),
  token: record({ ...life, serializedToken: often('t') }),
  error,
});
const entry = record({ actionName: often('logout'), url: often('/bye', '//other.example/') });
const body = fc.oneof(
  error,
  record({ error }),
  record({
    ...life,
    profiles: fc.dictionary(fc.constantFrom('Cable', 'CABLE', 'Other'), profile),
    decisions: fc.array(decision, { maxLength: 4 }),
    logouts: fc.dictionary(fc.constantFrom('Cable', 'Other'), entry),
    requestor: record({ mvpds: fc.array(record({ id: often('A') }), { maxLength: 3 }) }),
    actionName: often('authenticate', 'resume', 'authorize'),
    code: often('ABC123'),
    url: often('/page', 'https://other.example/', 'javascript:alert(1)'),
    missingParameters: often(['mvpd'], []),
    existingParameters: often({ mvpd: 'Cable' }),
    access_token: often('t'),
    created_at: time,
    expires_in: often(21_600, '21600', 0),
    client_id: often('c'),
    client_secret: often('s'),
  }),
);
/** An answer of Adobe's: what is documented, with anything else in any place. */
export const answer = fc.record({
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant(200) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 405, 429, 500, 503),
    },
  ),
  headers: fc.record(
    {
      date: fc.constantFrom(...times.map((ms) => new Date(ms).toUTCString()), 'yesterday'),
      location: fc.constantFrom('/x', '//other.example/', 'javascript:alert(1)'),
      'retry-after': fc.constantFrom('3', '-1', 'soon'),
    },
    { requiredKeys: [] },
  ),
  body: fc.oneof(
    { weight: 6, arbitrary: body },
    { weight: 1, arbitrary: often('<html>', '{"a":') },
  ),
});
