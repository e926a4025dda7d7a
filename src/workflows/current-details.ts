import type { UpstreamError } from './upstream-call.ts';
import type { DeviceState } from './state.ts';
import type { SignedInProfile } from './messages.ts';
import { standing } from './standing.ts';

/** The device as Markdown for the Temporal UI: why can't this viewer watch? No key needed. */
export function currentDetails(state: DeviceState, now: number): string {
  const { lastError } = state;
  return [
    `**${headline(state, now)}**`,
    '',
    `App \`${state.app}\`, service provider \`${state.settings?.serviceProvider ?? 'not known yet'}\`, ` +
      `${state.registration ? 'registered' : 'not registered'}, ` +
      `${state.watchers.length} watching, ${state.automaticSessions} automatic sessions.`,
    '',
    lastError ? errorLine(lastError) : 'No error that lasts.',
    '',
    '| upstream call | at | status | ms | about | trace |',
    '|---|---|---|---|---|---|',
    ...state.calls
      .toReversed()
      .map(
        ({ operation, at, status, code, ms, about, note, trace }) =>
          `| ${operation} | ${iso(at)} | ${[status, code].filter(Boolean).join(' ')} | ${ms} | ` +
          `${cell([about, note].filter(Boolean).join('; '))} | ${trace ?? ''} |`,
      ),
  ].join('\n');
}

function errorLine(error: UpstreamError): string {
  const { code, operation, action, status, at, message, details, resource, trace } = error;
  const http = status ? `, HTTP ${status}` : '';
  return [
    `Last error: \`${code}\` (${operation}${resource ? ` of ${cell(resource)}` : ''}, action ${action}${http}) at ${iso(at)}:`,
    message,
    details ? `The viewer was told: ${details}` : '',
    trace ? `Trace \`${trace}\`.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Resources may be whole MRSS documents: what stands in a table is short and on one line. */
function cell(text = ''): string {
  const line = text.replaceAll(/[|\s]+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function headline(state: DeviceState, now: number): string {
  const where = standing(state, now);
  switch (where.status) {
    case 'pending':
      return (
        `Waiting for a login with code ${where.code} until ${iso(where.expiresAt)}` +
        (where.fallback === undefined ? '' : `, in place of a partner's: ${cell(where.fallback)}`)
      );
    case 'signed-in':
      return `Signed in with ${nameOf(where.profile)} until ${iso(where.profile.notAfter)}`;
    case 'signed-out':
      return `Signed out (${where.reason})`;
  }
}

/** The provider, and how the viewer is let in where that is not by a regular sign-in. */
export function nameOf({ mvpd, type }: Pick<SignedInProfile, 'mvpd' | 'type'>): string {
  return type === 'regular' ? mvpd.id : `${mvpd.id} (${type.slice(0, 40)})`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
