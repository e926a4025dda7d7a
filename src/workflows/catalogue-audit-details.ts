import {
  type AuditReport,
  type AuditRequest,
  day,
  type LastAudit,
} from './catalogue-audit-report.ts';

/** What the Temporal UI shows while the catalogue is being read. */
export function auditUnderWay({ tier }: AuditRequest, previous: LastAudit | undefined): string {
  const last = previous
    ? `The last audit, of ${day(previous.at)}, counted ${previous.titles} titles.`
    : 'There is no earlier audit to compare with.';
  return `**Reading the catalogue${tier === undefined ? '' : ` on ${tier}`}**\n\n${last}`;
}

/** An audit as Markdown for the Temporal UI. */
export function auditDetails({ count, findings, credential, baseline, at }: AuditReport): string {
  const { titles, pages, channels, free, examples } = count;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const verdict =
    findings.length === 0
      ? 'Nothing found'
      : `${errors} errors, ${findings.length - errors} warnings`;
  return [
    `**${verdict}**: ${titles} titles, ${free} of them free, ${channels} channels, ${pages} pages`,
    '',
    ...findings.map(({ severity, message }) => `- **${severity}** ${plain(message)}`),
    ...(examples.length === 0
      ? []
      : ['', '| fragment | problem | slug |', '|---|---|---|', ...examples.map(row)]),
    '',
    baseline.at === at ? '' : `Compared with ${baseline.titles} titles of ${day(baseline.at)}.`,
    credential ? credentialLine(credential) : '',
  ].join('\n');
}

function row({ path, problem, slug = '' }: AuditReport['count']['examples'][number]): string {
  return `| ${plain(path)} | ${problem} | ${plain(slug)} |`;
}

function credentialLine(held: NonNullable<AuditReport['credential']>): string {
  const { kind, credential, expiresAt, certificateNotAfter } = held;
  if (kind === 'none') return 'AEM is read without a credential.';
  const ends = expiresAt === undefined ? '' : `, token until ${new Date(expiresAt).toISOString()}`;
  const certificate =
    certificateNotAfter === undefined ? '' : `, certificate until ${day(certificateNotAfter)}`;
  return `Credential: ${plain(credential)} (${kind}${ends}${certificate}).`;
}

/** What editors typed must not become markup. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#!]/g, String.raw`\$&`).replace(/\s+/g, ' ');
}
