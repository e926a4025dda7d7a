import { randomBytes } from 'node:crypto';
import { parseFilters } from './dispatcher.ts';
import { AemFaults } from './faults.ts';
import { settingsOf, tiers } from './options.ts';
import type { AemSandboxOptions, AemUser, Tier } from './options.ts';
import type { PersistedQuery } from './persisted.ts';
import type { RecordedRequest } from './request.ts';
import { tierServer } from './serve-tier.ts';
import { newState } from './state.ts';
import type { Fragment } from './titles.ts';

/** A running stand-in for one AEM environment. */
export interface AemSandbox {
  /** Base URL of each tier. */
  hosts: Record<Tier, string>;
  /** The repository, in the order of pages. Tests may change fragments in place. */
  fragments: Fragment[];
  /** Makes a token that the tiers honour. Default: a technical account that may read and write. */
  issueToken(user?: Partial<AemUser>, lifeMs?: number): string;
  /** From now on tokens of `issueToken` are expired. */
  expireTokens(): void;
  /** From now on AEM can make nothing of tokens of `issueToken`. */
  forgetTokens(): void;
  /** Puts a persisted query on tiers, as if it had been installed and published. */
  install(path: string, query: PersistedQuery | string, on?: readonly Tier[]): void;
  /** Publishes every persisted query of author to preview and publish. */
  publishQueries(): void;
  /** Replaces the dispatcher's filter rules. Throws for rules it can't read. */
  setFilters(rules: string): void;
  faults: AemFaults;
  /** Every request since the start or the last reset, oldest first. */
  requests: readonly RecordedRequest[];
  /** Every token given out. */
  secrets(): string[];
  /** As newly started; tokens are forgotten. */
  reset(): void;
  /** Ends every connection, also those a fault holds open. */
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for an AEM environment, one server a tier, over real HTTP. Rejects when a port
 * is taken.
 */
export async function startAemSandbox(options: AemSandboxOptions = {}): Promise<AemSandbox> {
  const settings = settingsOf(options);
  const state = newState(settings);
  const faults = new AemFaults();
  const requests: RecordedRequest[] = [];
  const secrets = new Set<string>();

  const servers = await Promise.all(
    tiers.map(async (tier) => {
      const app = tierServer(tier, state, faults, requests);
      await app.listen({ host: settings.host, port: settings.ports[tier] ?? 0 });
      return { tier, app, url: urlOf(settings.host, app.server.address()) };
    }),
  );

  return {
    hosts: Object.fromEntries(servers.map(({ tier, url }) => [tier, url])) as Record<Tier, string>,
    fragments: state.fragments,
    issueToken(user = {}, lifeMs = 24 * 3_600_000) {
      const token = `sandbox.${randomBytes(24).toString('base64url')}`;
      const account = { id: 'technical-account@techacct.adobe.com', reads: true, writes: true };
      state.issued.set(token, { user: { ...account, ...user }, expiresAt: Date.now() + lifeMs });
      secrets.add(token);
      return token;
    },
    expireTokens() {
      for (const token of state.issued.values()) token.expiresAt = 0;
    },
    forgetTokens: () => state.issued.clear(),
    install(path, query, on = tiers) {
      const stored = typeof query === 'string' ? { query } : query;
      for (const tier of on) state.queries[tier].set(path, stored);
    },
    publishQueries() {
      for (const tier of ['preview', 'publish'] as const) {
        state.queries[tier] = new Map(state.queries.author);
      }
    },
    setFilters(rules) {
      state.filter = parseFilters(rules);
    },
    faults,
    requests,
    secrets: () => [...secrets],
    reset() {
      const { fragments, queries, filter } = newState(settings);
      state.fragments.splice(0, Infinity, ...fragments);
      Object.assign(state, { queries, filter });
      state.issued.clear();
      faults.clear();
      requests.length = 0;
    },
    async stop() {
      await Promise.all(servers.map(async ({ app }) => app.close()));
    },
  };
}

function urlOf(host: string, address: string | { port: number } | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${String(port)}`;
}
