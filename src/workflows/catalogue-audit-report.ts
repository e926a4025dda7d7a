import type { CatalogueCount } from '../activities/catalogue.ts';
import type { HeldToken } from '../activities/ims-token.ts';
import type { Tier } from '../aem/tier.ts';
import type { Problem } from './failures.ts';

/** What to audit, and by which rules. */
export interface AuditRequest {
  /** Default: the tier of the workers' settings. Author has the drafts too. */
  tier?: Tier;
  /** How much smaller than last time is suspicious, percent. Default 20. */
  shrinkPercent?: number;
  /** The catalogue is meant to be this small: compare with it from now on. */
  acceptSize?: boolean;
}

/** As much of an audit as the next of the same tier needs. */
export interface LastAudit {
  /** ms since the epoch */
  at: number;
  titles: number;
  /** What later runs compare with: the last size that was not suspicious. */
  baseline: { titles: number; at: number };
}

export interface Finding {
  severity: 'error' | 'warning';
  code: string;
  /** One sentence: what, and what to do. */
  message: string;
}

/** What one audit found. */
export interface AuditReport {
  /** ms since the epoch */
  at: number;
  tier?: Tier;
  count: CatalogueCount;
  baseline: LastAudit['baseline'];
  credential?: HeldToken;
  findings: Finding[];
}

interface Found {
  request: AuditRequest;
  previous: LastAudit | undefined;
  credential: HeldToken | Problem;
  count: CatalogueCount;
  at: number;
}

const DEFAULT_SHRINK_PERCENT = 20;
const WARN_DAYS = 30;
const ALARM_DAYS = 7;

/** Judges what was counted. The worst comes first. */
export function reportOf({ request, previous, credential, count, at }: Found): AuditReport {
  const { tier, shrinkPercent = DEFAULT_SHRINK_PERCENT, acceptSize = false } = request;
  const comparable = acceptSize ? undefined : previous;
  const shrunk = comparable && shrinking(comparable.baseline, count.titles, shrinkPercent);
  const findings = [
    ...(count.titles === 0 ? [EMPTY] : []),
    ...(shrunk ? [shrunk] : []),
    ...credentialFindings(credential),
    ...fragmentFindings(count),
  ];
  return {
    at,
    ...(tier === undefined ? {} : { tier }),
    count,
    // A catalogue that shrank must not look normal the next night.
    baseline: shrunk && comparable ? comparable.baseline : { titles: count.titles, at },
    ...('kind' in credential ? { credential } : {}),
    findings: findings.toSorted((a, b) => a.severity.localeCompare(b.severity)),
  };
}

const EMPTY: Finding = {
  severity: 'error',
  code: 'empty',
  message:
    'the catalogue is empty: publish model, endpoint, queries and fragments, or give the account rights',
};

function shrinking(
  baseline: AuditReport['baseline'],
  titles: number,
  percent: number,
): Finding | undefined {
  if (titles >= baseline.titles * (1 - percent / 100)) return undefined;
  const lost = Math.round(100 * (1 - titles / baseline.titles));
  return {
    severity: 'error',
    code: 'shrunk',
    message:
      `${titles} titles, ${lost} % fewer than the ${baseline.titles} of ${day(baseline.at)}: ` +
      'look for unpublished fragments or a token that AEM ignores; if it is meant, run with --accept-size',
  };
}

function credentialFindings(credential: HeldToken | Problem): Finding[] {
  if (!('kind' in credential)) {
    const { code, message } = credential;
    return [{ severity: 'error', code: `credential-${code}`, message }];
  }
  const { certificateDaysLeft: days, certificateNotAfter: end, credential: name } = credential;
  if (days === undefined || end === undefined || days > WARN_DAYS) return [];
  const when = days < 0 ? `ended on ${day(end)}` : `ends on ${day(end)}, in ${days} days`;
  return [
    {
      severity: days <= ALARM_DAYS ? 'error' : 'warning',
      code: 'certificate-ends',
      message: `the certificate of ${name} ${when}: add a new one in the AEM Developer Console`,
    },
  ];
}

const MEANING: Record<keyof CatalogueCount['problems'], string> = {
  'missing-path': 'without a path (ask for _path in the query)',
  'missing-slug': 'without a slug',
  'missing-title': 'without a title',
  'missing-channel': 'that need a subscription but have no channel',
  'malformed-channel': 'whose channel is no resource id',
  'missing-asset': 'that are authorized by asset but have no asset id',
  'malformed-date': 'with a date that is none',
  'duplicate-slug': 'with the slug of another',
  'duplicate-asset': 'with the asset id of another',
};

/** Both keep a title out of the catalogue, or from being played. */
function fragmentFindings({ problems, partialPages }: CatalogueCount): Finding[] {
  const found = Object.entries(problems).map(([problem, count]): Finding => ({
    severity: problem === 'duplicate-asset' ? 'warning' : 'error',
    code: problem,
    message: `fragments ${MEANING[problem as keyof typeof MEANING]}: ${count}`,
  }));
  if (partialPages === 0) return found;
  const message = `AEM left holes in ${partialPages} pages: look at the fragments' references`;
  return [...found, { severity: 'warning', code: 'partial-data', message }];
}

/** The day of a moment, as people write it. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
