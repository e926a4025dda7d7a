import * as fc from 'fast-check';
import type { Fault, Operation } from '../../src/sandbox/index.ts';

/** One answer of Adobe that its documents allow, or that a proxy on the way may make of it. */
export type Answer = Pick<Fault, 'kind' | 'status' | 'body' | 'times'>;

const HOUR_MS = 3_600_000;
const { constantFrom, option, record, oneof, constant } = fc;

const json = (value: unknown): string => JSON.stringify(value);
/** Milliseconds or seconds, as number or text, hours off, or missing. */
const time = (fromNowMs: number) =>
  option(
    constantFrom(0, -7, 7).chain((skewHours) => {
      const at = Date.now() + fromNowMs + skewHours * HOUR_MS;
      return constantFrom<unknown>(at, String(at), Math.round(at / 1000), 'soon', null);
    }),
    { nil: undefined, freq: 6 },
  );

const action = constantFrom(
  'none',
  'configuration',
  'application-registration',
  'authentication',
  'authorization',
  'retry',
  'think-again',
);
const code = constantFrom(
  'invalid_parameter_mvpd',
  'invalid_integration',
  'invalid_authentication_session',
  'invalid_parameter_code',
  'invalid_parameter_redirect_url',
  'invalid_configuration_temporary_access',
  'authenticated_profile_missing',
  'authenticated_profile_invalidated',
  'authorization_denied_by_hba_policies',
  'temporary_access_duration_limit_exceeded',
  'invalid_access_token_client_application',
  'network_received_error',
  'internal_server_error',
  'of_later_days',
);
const error = record(
  { code, action, status: constantFrom<unknown>(400, 403, '500', null), message: constant('No.') },
  { requiredKeys: ['code'] },
);

const anyError: fc.Arbitrary<Answer> = record({
  kind: constant('body' as const),
  status: constantFrom(200, 302, 400, 401, 403, 404, 409, 500, 503),
  body: oneof(error.map(json), constantFrom('', '{}', '[]', 'null', '<html>', '{"error":"x"}')),
});
const broken = constantFrom<Answer>({ kind: 'reset' }, { kind: 'html-429' });
const good = (value: fc.Arbitrary<object>): fc.Arbitrary<Answer> =>
  value.map((body) => ({ kind: 'body', status: 200, body: json(body) }));

const session = good(
  record(
    {
      actionName: constantFrom('authenticate', 'resume', 'retry', 'authorize', 'confirm', 7),
      reasonType: constantFrom('none', 'authenticated', 'temporary', 'degraded', 'of_later_days'),
      code: constantFrom('AB12CD3', 'ab-12-cd', '', 7),
      url: constantFrom('/api/v2/authenticate/REF30/AB12CD3', 'https://other.example/x', ''),
      mvpd: constantFrom('NorthCable', 'Nobody'),
      missingParameters: constantFrom<unknown>(['mvpd'], [], 'mvpd'),
      notBefore: time(0),
      notAfter: time(HOUR_MS / 2),
    },
    { requiredKeys: [] },
  ),
);

const profile = record(
  {
    type: constantFrom('regular', 'temporary', 'degraded', 'ofLaterDays', 7),
    issuer: constantFrom('NorthCable', 'Adobe'),
    notBefore: time(-HOUR_MS),
    notAfter: time(HOUR_MS),
    attributes: constantFrom<unknown>({}, { userID: { value: 'u', state: 'plain' } }, null, []),
  },
  { requiredKeys: [] },
);
const profiles = good(
  record({
    profiles: fc.dictionary(constantFrom('NorthCable', 'SkyDish', 'TempPass_Preview'), profile, {
      maxKeys: 2,
    }),
  }),
);

const decisions = good(
  record({
    decisions: fc.array(
      record(
        {
          resource: constantFrom('channel-1', ' CHANNEL-1', 7),
          authorized: constantFrom<unknown>(true, false, 'true'),
          source: constantFrom('mvpd', 'degradation', 'ofLaterDays'),
          error,
          token: record(
            { serializedToken: constant('dG9rZW4='), notBefore: time(0), notAfter: time(HOUR_MS) },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
  }),
);

const logouts = good(
  record({
    logouts: fc.dictionary(
      constantFrom('NorthCable', 'SkyDish'),
      constantFrom<unknown>(
        { actionName: 'logout', actionType: 'interactive', url: '/out' },
        { actionName: 'of_later_days' },
        null,
        7,
      ),
      { maxKeys: 2 },
    ),
  }),
);

const own: Partial<Record<Operation, fc.Arbitrary<Answer>>> = {
  createSession: session,
  resumeSession: session,
  profiles,
  profileByMvpd: profiles,
  profileByCode: profiles,
  preauthorize: decisions,
  authorize: decisions,
  logout: logouts,
};

/** What Adobe says at calls of an operation. */
export type Word = Answer & { operation: Operation };

const wordOf = (operations: readonly Operation[], times: fc.Arbitrary<number>) =>
  constantFrom(...operations)
    .chain((operation) => {
      const answer = oneof(own[operation] ?? anyError, anyError, broken);
      return record({ operation: constant(operation), answer, times });
    })
    .map(({ operation, answer, times }): Word => ({ ...answer, operation, times }));

/** At the next calls. */
export const word = wordOf(Object.keys(own) as Operation[], fc.integer({ min: 1, max: 3 }));

/**
 * For ever, where there is a way all the same. The throttle is no such word: it counts all calls of an
 * address, and lets go after a second.
 */
export const lastWord = wordOf(
  ['profiles', 'profileByMvpd', 'preauthorize', 'logout'],
  constant(100_000),
).filter(({ kind }) => kind !== 'html-429');
