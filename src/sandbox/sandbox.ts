import Fastify from 'fastify';
import { serveAdobeServices } from './adobe-services.ts';
import { serveControlApi } from './control-api.ts';
import { controlsOf } from './controls.ts';
import type { Controls } from './controls.ts';
import { Faults } from './faults.ts';
import type { FaultControl } from './faults.ts';
import { serveMvpdSite } from './mvpd-site.ts';
import { settingsOf } from './options.ts';
import type { SandboxOptions } from './options.ts';
import type { RecordedRequest } from './recorder.ts';
import { serveOperations } from './serve-operations.ts';
import { signStatement } from './software-statement.ts';
import type { StatementClaims } from './software-statement.ts';
import { clearState, emptyState } from './state.ts';
import { Throttle } from './throttle.ts';
import { urlOf } from './url-of.ts';

/** A running sandbox. */
export interface Sandbox extends Controls {
  /** Base URL of DCR and REST API V2. */
  url: string;
  port: number;
  /** A new software statement, by default with the V2 scope and for every service provider. */
  softwareStatement(input?: Partial<StatementClaims>): string;
  /** Every request to DCR and REST API V2 since the start or the last reset, oldest first. */
  requests: readonly RecordedRequest[];
  /** Every secret given out or received: none may turn up in a log, a history or a trace. */
  secrets(): string[];
  faults: FaultControl;
  /** As newly started. Statements stay valid. */
  reset(): void;
  /** Ends every connection, also those a fault holds open. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for Adobe Pass REST API V2, DCR and the MVPDs' login pages over real HTTP.
 * Rejects when the port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = settingsOf(options);
  const state = emptyState(settings);
  const requests: RecordedRequest[] = [];
  const faults = new Faults();
  const throttle = new Throttle(settings.throttle);
  const controls = {
    ...controlsOf(state),
    reset() {
      clearState(state);
      faults.clear();
      throttle.clear();
      requests.length = 0;
    },
  };

  const app = Fastify({ forceCloseConnections: true, exposeHeadRoutes: false });
  // Bodies stay text: each operation checks its own content type and form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'string' },
    async (_request: unknown, body: unknown) => body,
  );
  const serving = { state, throttle, faults, requests };
  serveOperations(app, serving);
  serveAdobeServices(app, state);
  serveMvpdSite(app, state);
  serveControlApi(app, serving, controls);
  await app.listen({ host: settings.host, port: settings.port });

  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return {
    ...controls,
    url: urlOf(settings.host, address),
    port,
    softwareStatement(input) {
      const statement = signStatement(input);
      state.secrets.add(statement);
      return statement;
    },
    requests,
    secrets: () => [...state.secrets],
    faults,
    stop: () => app.close(),
  };
}
