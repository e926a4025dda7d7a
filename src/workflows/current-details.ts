import type { DeviceState } from './state.ts';
import { standing } from './state.ts';

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
    lastError
      ? `Last error: \`${lastError.code}\` (${lastError.operation}, action ${lastError.action}` +
        `${lastError.status ? `, HTTP ${lastError.status}` : ''}) at ${iso(lastError.at)}: ` +
        `${lastError.message}${lastError.trace ? ` Trace \`${lastError.trace}\`.` : ''}`
      : 'No error so far.',
    '',
    '| upstream call | at | status | ms | trace |',
    '|---|---|---|---|---|',
    ...state.calls
      .toReversed()
      .map(
        ({ operation, at, status, code, ms, trace }) =>
          `| ${operation} | ${iso(at)} | ${[status, code].filter(Boolean).join(' ')} | ${ms} | ${trace ?? ''} |`,
      ),
  ].join('\n');
}

function headline(state: DeviceState, now: number): string {
  const where = standing(state, now);
  switch (where.status) {
    case 'pending':
      return `Waiting for a login with code ${where.code} until ${iso(where.expiresAt)}`;
    case 'signed-in':
      return `Signed in with ${where.profile.mvpd.id} until ${iso(where.profile.notAfter)}`;
    case 'signed-out':
      return `Signed out (${where.reason})`;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
