import { randomInt } from 'node:crypto';
import { serviceProviderOf } from './access.ts';
import type { Call } from './call.ts';
import { refusal } from './errors.ts';
import type { Binding, Session, State } from './state.ts';

// No I, O, 0 or 1: viewers type codes from a screen.
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** The live session of the path's code; throws for a malformed, unknown, ended or expired one. */
export function liveSession(state: State, call: Call): Session {
  const code = call.params['code'] ?? '';
  if (!/^[A-Z0-9]{6,7}$/.test(code)) throw refusal('invalid_parameter_code');
  const session = state.sessions.get(code);
  if (
    session === undefined ||
    session.serviceProvider !== serviceProviderOf(call).id ||
    session.notAfter <= Date.now()
  ) {
    throw refusal('invalid_authentication_session');
  }
  if (session.invalidated) {
    throw refusal('authentication_session_invalidated', undefined, ENDED_BY_MVPD);
  }
  return session;
}

/** Named beside the codes of REST API V2, with the status and the action of the older APIs. */
const ENDED_BY_MVPD = { status: 403, action: 'authentication' } as const;

/** Stores a session under a new code. A new code ends the binding's previous session. */
export function openSession(state: State, session: Omit<Session, 'code'>): Session {
  endSessionsOf(state, session);
  let code = newCode();
  while (state.sessions.has(code)) code = newCode();
  const opened = { ...session, code };
  state.sessions.set(code, opened);
  return opened;
}

function endSessionsOf(state: State, binding: Binding): void {
  const now = Date.now();
  for (const [code, other] of state.sessions) {
    const same =
      other.clientId === binding.clientId &&
      other.device === binding.device &&
      other.serviceProvider === binding.serviceProvider;
    if (same || other.notAfter <= now) state.sessions.delete(code);
  }
}

function newCode(): string {
  return Array.from({ length: 7 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
