import { parseFilters } from './dispatcher.ts';
import type { Filter } from './dispatcher.ts';
import type { AemSandboxSettings, AemUser, Tier, TokenLookup } from './options.ts';
import type { PersistedQueries } from './persisted.ts';
import { makeTitles } from './titles.ts';
import type { Fragment } from './titles.ts';

/** A token of `issueToken`. */
export interface IssuedToken {
  user: AemUser;
  /** Epoch milliseconds. */
  expiresAt: number;
}

/** What the tiers share: one repository, queries per tier, tokens for all. */
export interface State {
  settings: AemSandboxSettings;
  fragments: Fragment[];
  queries: Record<Tier, PersistedQueries>;
  issued: Map<string, IssuedToken>;
  tokens: TokenLookup;
  filter: Filter;
}

/** A newly set up environment: a catalogue, and no persisted query anywhere. */
export function newState(settings: AemSandboxSettings): State {
  const issued = new Map<string, IssuedToken>();
  return {
    settings,
    fragments: makeTitles(settings.titles, settings.root),
    queries: { author: new Map(), preview: new Map(), publish: new Map() },
    issued,
    tokens(token) {
      const elsewhere = settings.users?.(token);
      if (elsewhere !== undefined) return elsewhere;
      const known = issued.get(token);
      return known && (known.expiresAt > Date.now() ? known.user : 'expired');
    },
    filter: parseFilters(settings.filters),
  };
}
