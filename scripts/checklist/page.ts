import { format, resolveConfig } from 'prettier';
import { type Claim, type Row, root } from './rows.ts';

/** The page that `npm run checklist -- --write` makes. */
export const PAGE = new URL('docs/checklist.md', root);

const SECTIONS: Record<string, string> = {
  REG: 'Registration',
  CFG: 'Providers',
  ATN: 'Authentication',
  PRE: 'Preauthorization',
  AZ: 'Authorization',
  LO: 'Logout',
  HDR: 'Headers',
  ERR: 'Errors',
  TST: 'Trying it',
  S2S: 'Server to server',
  THR: 'Throttling',
  DCR: 'Dynamic client registration',
  EEC: 'Enhanced error codes',
  TOK: 'Media tokens',
  RES: 'Resources',
  TMP: 'Trials',
  XDI: 'Device information',
  PFS: "A partner's status",
  SSO: 'Single sign-on',
  MIG: 'Coming from V1',
  AI: 'Operation',
};

const INTRODUCTION = `# Adobe's requirements, and how each is held

What Adobe asks of who calls REST API V2 for many devices: its checklist, its server-to-server cookbook, and the
rules of its other pages, in words of ours. A test claims a requirement by its id in its title; a few are held by a
setting, or by what operators and apps do. Made from \`scripts/checklist.json\` and the tests by
\`npm run checklist -- --write\`: don't edit it.`;

/** The whole page, from the rows and what tests claim. */
export async function pageOf(rows: readonly Row[], claims: readonly Claim[]): Promise<string> {
  const lines: string[] = [INTRODUCTION, '', summary(rows, claims)];
  for (const section of new Set(rows.map(sectionOf))) {
    lines.push('', `## ${section}`, '');
    for (const row of rows.filter((one) => sectionOf(one) === section)) {
      lines.push(`- **${row.id}** (${row.level}) ${escaped(row.rule)}`);
      for (const place of placesOf(row, claims)) lines.push(`  - ${place}`);
    }
  }
  const options = { ...(await resolveConfig(PAGE.pathname)), parser: 'markdown' };
  return format(`${lines.join('\n')}\n`, options);
}

function sectionOf({ id }: Row): string {
  const [prefix = ''] = id.split('-');
  return SECTIONS[prefix] ?? prefix;
}

function summary(rows: readonly Row[], claims: readonly Claim[]): string {
  const bySetting = rows.filter(({ setting }) => setting !== undefined).length;
  const byOperator = rows.filter(({ operator }) => operator !== undefined).length;
  const byTest = rows.filter((row) => isTested(row, claims)).length;
  const open = rows.length - bySetting - byOperator - byTest;
  const left = open > 0 ? `, ${open} by nothing yet` : '';
  return (
    `${rows.length} requirements: ${byTest} held by tests, ${bySetting} by a setting, ` +
    `${byOperator} by operators and apps${left}.`
  );
}

function isTested({ id, setting, operator }: Row, claims: readonly Claim[]): boolean {
  return setting === undefined && operator === undefined && claims.some((one) => one.id === id);
}

function placesOf({ id, setting, operator }: Row, claims: readonly Claim[]): string[] {
  if (setting !== undefined) return [`setting [\`${setting}\`](../.env.example)`];
  if (operator !== undefined) {
    return [`operators and apps: [${operator}](${operator.replace(/^docs\//, '')})`];
  }
  const own = claims.filter((claim) => claim.id === id);
  if (own.length === 0) return ['**nothing yet**: no test claims it'];
  return own.map(({ file, title }) => `[${file}](../${file}): ${escaped(title)}`);
}

/** Titles of tests are no markdown. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}
