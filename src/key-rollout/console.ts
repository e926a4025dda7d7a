import { type Http, type HttpAnswer, HttpFailure, onHost } from '../http/index.ts';
import type { Bundle } from './bundles.ts';
import { type Configuration, configurationOf, TOKEN_HANDLER, writeForm } from './configuration.ts';
import { KeyRolloutError } from './errors.ts';
import { type AemHost, urlAt } from './host.ts';
import { asRecord, parseJson } from './json.ts';

/** The Felix web console of one instance, call by call; nothing is repeated here. */
export interface FelixConsole {
  bundles(): Promise<Bundle[]>;
  /** Looks a bundle up by its symbolic name: its number differs from instance to instance. */
  bundle(symbolicName: string): Promise<Bundle>;
  /**
   * Asks for it only: a start that failed is answered with 200 as well. An error `console_silent`
   * may come of a request that arrived, `console_unavailable` never does.
   */
  act(symbolicName: string, action: 'refresh' | 'start'): Promise<void>;
  restartFramework(): Promise<void>;
  configuration(pid: string): Promise<Configuration>;
  /** Everything that is stored; passwords and names beyond the metatype are not shown. */
  configurations(): Promise<Configuration[]>;
  /** Changes one property and keeps all others. */
  write(configuration: Configuration, name: string, value: string): Promise<void>;
}

const CONSOLE = '/system/console';

/** Failures after which AEM can't have heard the request. */
const UNSENT = new Set<string>(['name_not_found', 'connection_refused', 'certificate_untrusted']);

/**
 * Makes a client. Every call rejects with a `KeyRolloutError`. After the first refused login all
 * later calls fail unsent, for whoever insists locks the account.
 */
export function createConsole(host: AemHost, http: Http): FelixConsole {
  let refused: KeyRolloutError | undefined;

  async function send(method: 'GET' | 'POST', path: string, form?: URLSearchParams) {
    if (refused) throw refused;
    const url = urlAt(host, `${CONSOLE}/${path}`);
    const { user, password } = host.admin;
    const basic = Buffer.from(`${user}:${password()}`).toString('base64');
    let answer: HttpAnswer;
    try {
      answer = await http.send({
        url,
        method,
        headers: {
          authorization: `Basic ${basic}`,
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(form && { body: form.toString() }),
        maxResponseBytes: 16 << 20,
      });
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      const unsent = error.hop === 'proxy' || UNSENT.has(error.code);
      throw unanswered(
        host,
        unsent ? 'console_unavailable' : 'console_silent',
        `${error.code}, ${error.hint}`,
      );
    }
    if (answer.status === 401 || answer.status === 403) {
      refused = new KeyRolloutError({
        code: 'console_refused',
        message: `${host.id}: the console refuses the administrator (HTTP ${answer.status}): correct AEM_HOST_ADMIN_USER and AEM_HOST_ADMIN_PASSWORD of its agent, then restart the agent`,
      });
      throw refused;
    }
    return answer;
  }

  async function json(method: 'GET' | 'POST', path: string, form?: URLSearchParams) {
    const answer = await send(method, path, form);
    const body = answer.status === 200 ? parseJson(answer.text) : undefined;
    if (body !== undefined) return body;
    throw noAnswer(host, answer, path);
  }

  return {
    async bundles() {
      const bundles = listOf(await json('GET', 'bundles.json'));
      if (bundles.length === 0) throw unavailable(host, 'the console lists no bundle');
      return bundles;
    },
    async bundle(symbolicName) {
      const answer = await send('GET', `bundles/${encodeURIComponent(symbolicName)}.json`);
      const [bundle] = answer.status === 200 ? listOf(parseJson(answer.text)) : [];
      if (bundle?.symbolicName === symbolicName) return bundle;
      if (answer.status !== 404) throw noAnswer(host, answer, symbolicName);
      throw new KeyRolloutError({
        code: 'bundle_missing',
        message: `${host.id} has no bundle ${symbolicName}: is it an AEM 6.3 or newer?`,
      });
    },
    async act(symbolicName, action) {
      const path = `bundles/${encodeURIComponent(symbolicName)}`;
      const answer = await send('POST', path, new URLSearchParams({ action }));
      if (answer.status !== 200) throw noAnswer(host, answer, `${action} of ${symbolicName}`);
    },
    async restartFramework() {
      const answer = await send(
        'POST',
        'vmstat',
        new URLSearchParams({ shutdown_type: 'Restart' }),
      );
      if (answer.status >= 400) throw noAnswer(host, answer, 'restart of the framework');
    },
    async configuration(pid) {
      // Without `apply` a POST only reads.
      if (pid !== TOKEN_HANDLER) throw new TypeError(`${pid} is not for agents to read`);
      const found = configurationOf(
        await json('POST', `configMgr/${encodeURIComponent(pid)}`, new URLSearchParams()),
      );
      if (found) return found;
      throw unavailable(host, `configMgr shows no configuration ${pid}`);
    },
    async configurations() {
      const stored = await json('GET', `configMgr/${encodeURIComponent('(service.pid=*)')}.json`);
      return (Array.isArray(stored) ? stored : []).flatMap((item) => configurationOf(item) ?? []);
    },
    async write(configuration, name, value) {
      const { pid } = configuration;
      if (pid !== TOKEN_HANDLER) throw new TypeError(`${pid} is not for agents to write`);
      const path = `configMgr/${encodeURIComponent(pid)}`;
      const answer = await send('POST', path, writeForm(configuration, name, value));
      if (answer.status === 302 && locationEndsIn(host, answer, pid)) return;
      if (answer.status >= 500 || answer.status === 404) throw noAnswer(host, answer, pid);
      throw new KeyRolloutError({
        code: 'configuration_not_written',
        message: `${host.id}: ${pid} was not written (HTTP ${answer.status}${writeTrouble(answer)}): write it in the console by hand`,
      });
    },
  };
}

function listOf(body: unknown): Bundle[] {
  const data = asRecord(body)?.['data'];
  return (Array.isArray(data) ? data : []).flatMap((item) => {
    const { id, symbolicName, stateRaw } = asRecord(item) ?? {};
    return typeof id === 'number' &&
      typeof symbolicName === 'string' &&
      typeof stateRaw === 'number'
      ? [{ id, symbolicName, stateRaw }]
      : [];
  });
}

/** A redirect to a login page is no success, and one to another host even less. */
function locationEndsIn(host: AemHost, { headers }: HttpAnswer, pid: string): boolean {
  const url = onHost(headers.location, host.url);
  return url !== undefined && url.pathname.endsWith(`/${pid}`);
}

function writeTrouble({ status, headers }: HttpAnswer): string {
  if (status === 200) return ', it took the form for a question';
  return headers.location === undefined ? '' : ', it led to another page';
}

function noAnswer(host: AemHost, { status, headers }: HttpAnswer, about: string): KeyRolloutError {
  if (status >= 500 || status === 404) return unavailable(host, `HTTP ${status} for ${about}`);
  const where = headers.location === undefined ? '' : ', a redirect to a login page?';
  return new KeyRolloutError({
    code: 'console_answer',
    message: `${host.id}: unexpected answer of the console for ${about} (HTTP ${status}${where}): is ${host.url} the instance itself?`,
  });
}

function unavailable(host: AemHost, why: string): KeyRolloutError {
  return unanswered(host, 'console_unavailable', why);
}

function unanswered(host: AemHost, code: string, why: string): KeyRolloutError {
  return new KeyRolloutError({
    code,
    message: `${host.id}: the console at ${host.url} does not answer (${why})`,
    retryable: true,
  });
}
