import { format, resolveConfig } from 'prettier';
import {
  dcrCodes,
  type ErrorCode,
  type Outcome,
  outcomeAt,
  type Place,
  type Told,
  v2Codes,
} from '../../src/error-codes/index.ts';

/** The page that `npm run error-codes -- --write` makes. */
export const PAGE = new URL('../../docs/error-codes.md', import.meta.url);

const INTRODUCTION = `# What comes of each of Adobe's error codes

Adobe's \`action\` decides, for its codes are an open set: one that is not here is treated by its action, and an
action that nobody knows as \`none\`. The lists are the 47 codes of REST API V2 and the 8 of registration, with
where each may stand and what becomes of the request and of the device. Made from \`src/error-codes/\` by
\`npm run error-codes -- --write\`: don't edit it. \`test/error-codes\` has a stand-in for Adobe say each of them at
each place, and compares.

- **The request** \`throws\` a \`DevicePassError\` with the code and the \`action\` in brackets, is \`denied\`, has it in
  an \`item\` of its answer or as the \`problem\` of a logout, says that the code which a viewer typed is \`unknown\`, or
  \`goes on\` in spite of it. Of polls nobody hears: operators see it.
- **Requests** is how often Adobe is asked, this time included.
- **Gateway** is the HTTP status of its API, with the same \`code\` and \`action\` in problem details (RFC 9457). What
  operators have to mend is a 502 with "not available now", whatever status Adobe gave.
- **Who** can do something about it. Operators find each in the device's last calls, with Adobe's trace.
- **Apple's framework** has two calls of its own. What Adobe refuses of its status or its answer (\`invalid_header_pfs_*\`,
  \`invalid_parameter_saml_response\`, \`invalid_parameter_partner\`) may stand at both, and leads to a code in place of
  it, with Adobe's code as \`fallback\` ([apple.md](apple.md)).
- \`authentication_session_invalidated\` stands below only where a code is asked about: it ends that code, and a new one
  follows while somebody looks.`;

const PLACES: Record<Place, string> = {
  register: 'registration',
  token: 'access token',
  profiles: 'look for a profile before a sign-in',
  trial: 'profile of a trial that is asked for',
  createSession: 'new session',
  resumeSession: 'provider chosen for a code',
  retrieveSession: 'code typed on a phone',
  profileByCode: 'poll',
  preauthorize: 'preauthorize',
  'preauthorize item': 'preauthorize, one item',
  authorize: 'authorize',
  'authorize item': 'authorize, in the decision',
  logout: 'logout',
};

const PLACES_OF_V2 = (Object.keys(PLACES) as Place[]).filter(
  (place) => !['register', 'token', 'trial'].includes(place),
);

/** The actions there are, and one that is not among them. */
const UNKNOWN = [
  'none',
  'configuration',
  'application-registration',
  'authentication',
  'authorization',
  'retry',
  'of-later-days',
];

const LEADS_TO: Record<Outcome['leadsTo'], string> = {
  'as before': 'as before',
  code: 'shows a code',
  'new code': 'shows a new code',
  'sign-in-required': 'signed out: `sign-in-required`',
  'trial-ended': 'signed out: `trial-ended`',
  'registration-lost': 'signed out: `registration-lost`',
  logout: 'signed out: `logout`',
};

/** The whole page, from the table. */
export async function pageOf(
  v2: readonly ErrorCode[] = v2Codes,
  dcr: readonly ErrorCode[] = dcrCodes,
): Promise<string> {
  const places = PLACES_OF_V2;
  const text = [
    INTRODUCTION,
    '## REST API V2',
    ...sections(v2),
    '## Dynamic client registration',
    ...sections(dcr),
    '## A code that is not here',
    'By its action and its HTTP status, here 403.',
    ...UNKNOWN.flatMap((action) => [`### \`${action}\``, table({ action, status: 403, places })]),
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(PAGE.pathname)), parser: 'markdown' });
}

/** Codes of which the same comes everywhere stand together. */
function sections(codes: readonly ErrorCode[]): string[] {
  const alike = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const what = table(code);
    alike.set(what, [...(alike.get(what) ?? []), code]);
  }
  return [...alike].map(([what, group]) => [group.map(headOf).join('\n'), what].join('\n\n'));
}

function headOf({ code, status, action, acts, meaning }: ErrorCode): string {
  const who = acts === 'nobody' ? 'nobody has to act' : `who: ${acts}`;
  return `- \`${code}\` (${status}, \`${action}\`): ${meaning}; ${who}`;
}

function table(code: Told & Pick<ErrorCode, 'places'>): string {
  const rows = code.places.map((place) => {
    const { answer, action, requests, leadsTo, gateway } = outcomeAt(place, code);
    const read = ['throws', 'denied', 'item', 'problem'].includes(answer) ? ` (\`${action}\`)` : '';
    const status = answer === 'nobody' ? '-' : gateway;
    const what = answer === 'nobody' ? 'nobody hears' : `${answer}${read}`;
    return `| ${PLACES[place]} | ${what} | ${requests} | ${LEADS_TO[leadsTo]} | ${status} |`;
  });
  const head = [
    '| where | the request | requests | the device | gateway |',
    '|---|---|---|---|---|',
  ];
  return [...head, ...rows].join('\n');
}
