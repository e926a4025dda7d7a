import type { Credentials } from './credentials.ts';
import { credentialError, ImsError } from './errors.ts';
import type { Lease } from './lease.ts';
import type { Settings } from './options.ts';
import { parseCredentials } from './parse.ts';
import { Secret } from './secret.ts';
import { createFileReader } from './source.ts';
import type { CredentialSource } from './source.ts';

/** What a target asks of its credential. */
export interface TokenRules {
  /**
   * Kinds that this AEM lets in. A token of another console is a good token that AEM answers with
   * 403 (reference, 1.3): better to hear it at start. Default: all.
   */
  accepts?: readonly Credentials['kind'][];
  /** Which to take, should a file be both service and OAuth credentials. Default `aem-oauth`. */
  prefer?: 'service-jwt' | 'aem-oauth';
}

/**
 * Gives the lease on what the source holds now. A file that became unusable is reported once, and
 * what it held before stays in use.
 */
export function createLoader(
  source: CredentialSource,
  rules: TokenRules,
  settings: Settings,
  leaseOn: (credentials: Credentials, source: string) => Lease,
): () => Promise<Lease> {
  const { clock, onEvent, imsEndpoint } = settings;
  let lease: Lease | undefined;
  let loading: Promise<Lease> | undefined;
  let failure: ImsError | undefined;
  let reported = '';
  const name = nameOf(source);

  const read = (text: string, writtenAt: number): Lease => {
    const prefer = rules.prefer && { prefer: rules.prefer };
    const credentials = parseCredentials(text, { writtenAt, imsEndpoint, ...prefer });
    return leaseOn(accepted(credentials, rules), name);
  };

  const load = loadingFrom(source);

  async function reload(): Promise<Lease> {
    try {
      const changed = await load();
      if (changed) {
        lease = changed;
        reported = '';
      }
    } catch (error) {
      if (!(error instanceof ImsError)) throw error;
      // Whoever has several sources needs to know which.
      failure = credentialError(error.code, error.hint, error.description, name);
      if (lease && error.message !== reported) {
        onEvent({ type: 'credentials_warning', error: failure });
      }
      reported = error.message;
    }
    // Without a lease, an unchanged file is as unusable as it was.
    if (!lease) throw failure;
    return lease;
  }

  return async () => {
    loading ??= reload().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  function loadingFrom(from: CredentialSource): () => Promise<Lease | undefined> {
    switch (from.from) {
      case 'file': {
        const content = createFileReader(from, settings);
        return async () => {
          const changed = await content();
          return changed && read(changed.text, changed.writtenAt);
        };
      }
      case 'text':
        return async () => lease ?? read(from.text, clock.now());
      case 'basic': {
        const { username, password } = from;
        const credentials = { kind: 'basic' as const, username, password: new Secret(password) };
        return async () => lease ?? leaseOn(accepted(credentials, rules), name);
      }
      case 'none':
        return async () => lease ?? leaseOn(accepted({ kind: 'none' }, rules), name);
    }
  }
}

function nameOf(source: CredentialSource): string {
  if (source.from === 'file') return source.path;
  return source.from === 'text' ? (source.name ?? '') : source.from;
}

const consoles: Record<Credentials['kind'], string> = {
  'service-jwt': 'service credentials of the AEM Developer Console',
  'aem-oauth': 'OAuth server-to-server of the AEM Developer Console',
  'developer-console-oauth': 'OAuth of an Adobe Developer Console project',
  'local-token': 'a local development token',
  basic: 'Basic for a local AEM',
  none: 'no credential',
};

function accepted(credentials: Credentials, { accepts }: TokenRules): Credentials {
  if (!accepts || accepts.includes(credentials.kind)) return credentials;
  throw credentialError(
    'wrong_console',
    `this AEM takes ${accepts.map((kind) => consoles[kind]).join(', or ')}`,
    `the credential is ${consoles[credentials.kind]}`,
  );
}
