import { Accounts } from './accounts.ts';
import { ImsFaults } from './faults.ts';
import type { ImsOperation } from './faults.ts';
import { Tokens } from './tokens.ts';

/** What the sandbox can be told when it starts. */
export interface ImsSandboxOptions {
  /** Address to listen on, default `127.0.0.1`. */
  host?: string;
  /** Port to listen on, default 0: any free one. */
  port?: number;
  /** Certificate and key to serve https with. */
  tls?: { cert: string; key: string };
  /** Life of an access token, milliseconds. Default 86 399 999, just as IMS. */
  tokenLifeMs?: number;
  /** The error of a bad signature. Default `invalid_token`, as seen live. */
  signatureError?: 'invalid_token' | 'invalid_signature';
  /** Epoch milliseconds; for a clock of the test's own. */
  now?: () => number;
}

/** One request that came, whatever became of it. */
export interface ImsRequest {
  at: number;
  operation: ImsOperation | 'unknown';
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The form, repeated fields too. */
  form: readonly (readonly [string, string])[];
  /** Status answered; 0 without one. */
  status: number;
}

/** Everything that the sandbox holds. */
export interface State {
  settings: Required<Pick<ImsSandboxOptions, 'tokenLifeMs' | 'signatureError' | 'now'>>;
  accounts: Accounts;
  tokens: Tokens;
  faults: ImsFaults;
  usedJwts: Set<string>;
  requests: ImsRequest[];
  /** Bare host of this IMS, with its port. */
  host: string;
}

/** As newly started. */
export function emptyState(options: ImsSandboxOptions): State {
  return {
    settings: {
      tokenLifeMs: 86_399_999,
      signatureError: 'invalid_token',
      now: () => Date.now(),
      ...options,
    },
    accounts: new Accounts(),
    tokens: new Tokens(),
    faults: new ImsFaults(),
    usedJwts: new Set(),
    requests: [],
    host: '',
  };
}
