import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { developerConsoleFile, oauthFile, serviceCredentialsFile } from './files.ts';
import type {
  DeveloperConsoleFile,
  OAuthCredentialsFile,
  ServiceCredentialsFile,
} from './files.ts';
import type { ImsFault } from './faults.ts';
import { serve } from './serve.ts';
import { emptyState } from './state.ts';
import type { ImsRequest, ImsSandboxOptions, State } from './state.ts';
import type { TokenInfo } from './tokens.ts';

/** A running stand-in for IMS. */
export interface ImsSandbox extends Consoles {
  url: string;
  /** Bare host with port: what `imsEndpoint` says in its credentials. */
  host: string;
  port: number;
  /** Every request since the start, oldest first. */
  requests: readonly ImsRequest[];
  faults: { set(fault: ImsFault): void; clear(): void };
  /** Whom a token stands for; undefined when it isn't one, or has ended. For a stand-in of AEM. */
  tokenInfo(token: string): TokenInfo | undefined;
  /** Every secret given out or received: none may turn up in a log, a history or a trace. */
  secrets(): string[];
  /** Ends every connection, also those a fault holds open. */
  stop(): Promise<void>;
}

/** What people do in Adobe's consoles. Unknown client ids throw. */
export interface Consoles {
  /** A new technical account with service credentials. */
  serviceCredentials(input?: {
    metascopes?: readonly string[];
    /** Epoch milliseconds, default in 365 days. */
    certificateEndsAt?: number;
  }): ServiceCredentialsFile;
  /** A second key and certificate for it; those before stay valid until revoked. */
  addCertificate(clientId: string): ServiceCredentialsFile;
  /** Revokes the oldest certificate. */
  revokeCertificate(clientId: string): void;
  /** A new OAuth server-to-server credential of the AEM Developer Console. */
  oauthCredentials(input?: { scopes?: readonly string[] }): OAuthCredentialsFile;
  /** A new OAuth credential of an Adobe Developer Console project. */
  developerConsoleCredentials(input?: { scopes?: readonly string[] }): DeveloperConsoleFile;
  /** Another secret; those before stay valid until revoked. */
  addSecret(clientId: string): string;
  revokeSecret(clientId: string, secret: string): void;
  /** The client is known, but may ask for no token. */
  forbid(clientId: string): void;
  /** A local development token of some person; 24 h as a rule. */
  localDevelopmentToken(input?: { lifeMs?: number }): {
    ok: true;
    statusCode: 200;
    accessToken: string;
  };
  /** Every token out there has ended. */
  endTokens(): void;
}

/** Starts a stand-in for IMS over real HTTP. Rejects when the port is taken. */
export async function startImsSandbox(options: ImsSandboxOptions = {}): Promise<ImsSandbox> {
  const { host = '127.0.0.1', port: wanted = 0, tls } = options;
  const state = emptyState(options);
  const common = { forceCloseConnections: true, exposeHeadRoutes: false };
  const app = (tls ? Fastify({ ...common, https: tls }) : Fastify(common)) as FastifyInstance;
  serve(app, state);
  await app.listen({ host, port: wanted });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : wanted;
  state.host = `${host}:${port}`;
  return {
    ...consoles(state),
    url: `${tls ? 'https' : 'http'}://${state.host}`,
    host: state.host,
    port,
    requests: state.requests,
    faults: state.faults,
    tokenInfo: (token) => state.tokens.info(token, state.settings.now()),
    secrets: () => [
      ...new Set([
        ...state.accounts.secrets,
        ...state.tokens.all(),
        ...state.requests
          .flatMap(({ form }) => form)
          .filter(([name]) => /secret|jwt/.test(name))
          .map(([, value]) => value),
      ]),
    ],
    stop: async () => app.close(),
  };
}

function consoles(state: State): Consoles {
  const { accounts, tokens, settings } = state;
  const defaultScopes = ['openid', 'AdobeID', 'read_organizations'];
  return {
    serviceCredentials({ metascopes = ['ent_aem_cloud_api'], certificateEndsAt } = {}) {
      return serviceCredentialsFile(state, accounts.add('jwt', metascopes), certificateEndsAt);
    },
    addCertificate: (clientId) => serviceCredentialsFile(state, accounts.named(clientId)),
    revokeCertificate: (clientId) => void accounts.named(clientId).certificates.shift(),
    oauthCredentials: ({ scopes = defaultScopes } = {}) =>
      oauthFile(state, accounts.add('oauth', scopes)),
    developerConsoleCredentials: ({ scopes = defaultScopes } = {}) =>
      developerConsoleFile(accounts.add('oauth', scopes)),
    addSecret: (clientId) => accounts.addSecret(clientId),
    revokeSecret: (clientId, secret) => void accounts.named(clientId).secrets.delete(secret),
    forbid(clientId) {
      accounts.named(clientId).allowed = false;
    },
    localDevelopmentToken({ lifeMs = 86_400_000 } = {}) {
      const person = { clientId: 'dev-console-prod', email: 'developer@example.com' };
      const accessToken = tokens.issue(person, { now: settings.now(), lifeMs });
      return { ok: true, statusCode: 200, accessToken };
    },
    endTokens: () => tokens.end(),
  };
}
