import { AccessToken } from './access-token.ts';
import type { LocalAem, LocalToken } from './credentials.ts';
import { credentialError } from './errors.ts';
import type { ImsError } from './errors.ts';
import type { Lease } from './lease.ts';
import type { Settings } from './options.ts';

const regenerate =
  'no program can renew it: generate a new one by hand in the Developer Console, or use service credentials';

/**
 * A lease on what can't be renewed: a local development token, Basic, or nothing at all. Its errors
 * name the source.
 */
export function createFixedLease(
  credentials: LocalToken | LocalAem,
  { clock }: Settings,
  source: string,
): Lease {
  const token = tokenOf(credentials);

  function problem(): ImsError | undefined {
    if (token.expiresAt > clock.now()) return undefined;
    const ended = `it ended on ${new Date(token.expiresAt).toISOString()}`;
    return credentialError('local_token_expired', regenerate, ended, source);
  }

  return {
    credentials,
    async token(signal) {
      signal?.throwIfAborted();
      const error = problem();
      if (error) throw error;
      return token;
    },
    peek: () => (problem() ? undefined : token),
    async replace(refused, signal) {
      signal?.throwIfAborted();
      const error = problem();
      if (error) throw error;
      if (refused !== token || credentials.kind !== 'local-token') return token;
      throw credentialError('local_token_rejected', regenerate, undefined, source);
    },
    lastError: problem,
  };
}

function tokenOf(credentials: LocalToken | LocalAem): AccessToken {
  switch (credentials.kind) {
    case 'local-token': {
      const { kind, expiresAt } = credentials;
      const authorization = `Bearer ${credentials.token.reveal()}`;
      return new AccessToken({ kind, expiresAt, authorization });
    }
    case 'basic': {
      const login = `${credentials.username}:${credentials.password.reveal()}`;
      const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
      return new AccessToken({ kind: 'basic', expiresAt: Infinity, authorization });
    }
    case 'none':
      return new AccessToken({ kind: 'none', expiresAt: Infinity });
  }
}
