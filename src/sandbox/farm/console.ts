import { setTimeout as delay } from 'node:timers/promises';
import { listing } from './bundles.ts';
import type { Instance } from './instance.ts';
import { TOKEN_HANDLER } from './metatype.ts';
import type { FarmAnswer, FarmRequest } from './request.ts';

export const CONSOLE = '/system/console';

const NOT_FOUND: FarmAnswer = { status: 404, text: 'Not Found' };
const LOGIN_PAGE = '/libs/granite/core/content/login.html?resource=%2Fsystem%2Fconsole';

/** What the Felix web console answers. */
export async function consoleAnswer(instance: Instance, request: FarmRequest): Promise<FarmAnswer> {
  if (Date.now() < instance.consoleDownUntil) return { status: 503, text: 'Service Unavailable' };
  const refusal = refusalOf(instance, request);
  if (refusal) return refusal;
  const [section = '', name = ''] = request.path.slice(CONSOLE.length + 1).split(/\/(.*)/);
  switch (section) {
    case 'bundles.json':
      return { status: 200, json: listing(instance.bundles, instance.bundles) };
    case 'bundles':
      return request.method === 'POST'
        ? bundleAction(instance, name, request)
        : oneBundle(instance, name);
    case 'configMgr':
      return configMgr(instance, name, request);
    case 'vmstat':
      if (request.form.get('shutdown_type') !== 'Restart') return { status: 200, text: 'memory' };
      if (!instance.faults.take('restart-ignored')) instance.restart();
      return { status: 200, text: 'The framework restarts' };
    default:
      return NOT_FOUND;
  }
}

function refusalOf(instance: Instance, { headers }: FarmRequest): FarmAnswer | undefined {
  if (instance.faults.take('console-403')) return { status: 403, text: 'Forbidden' };
  const [scheme, credentials = ''] = (headers['authorization'] ?? '').split(' ');
  const given = Buffer.from(credentials, 'base64').toString();
  const [user = ''] = given.split(':');
  const wrong = scheme !== 'Basic' || given !== instance.settings.admin;
  if (!wrong && !instance.faults.take('console-401')) return undefined;
  instance.failures.set(user, (instance.failures.get(user) ?? 0) + 1);
  return { status: 401, headers: { 'www-authenticate': 'Basic realm="OSGi Management Console"' } };
}

function oneBundle(instance: Instance, name: string): FarmAnswer {
  const bundle = found(instance, name.replace(/\.json$/, ''));
  return bundle ? { status: 200, json: listing(instance.bundles, [bundle]) } : NOT_FOUND;
}

function found(instance: Instance, name: string) {
  return instance.bundles.find(
    ({ id, symbolicName }) => symbolicName === name || String(id) === name,
  );
}

/** Always 200, whatever came of it: an unknown action is silent as well. */
async function bundleAction(
  instance: Instance,
  name: string,
  { form }: FarmRequest,
): Promise<FarmAnswer> {
  if (name === '') return { status: 200, json: false };
  const bundle = found(instance, name);
  if (!bundle) return NOT_FOUND;
  const { faults } = instance;
  const answer: FarmAnswer = {
    status: 200,
    json: { fragment: bundle.rests === 4, stateRaw: bundle.stateRaw },
  };
  switch (form.get('action')) {
    case 'refresh':
      instance.refresh(bundle.symbolicName);
      await delay(Math.min(5_000, instance.settings.refreshMs / 4));
      if (faults.take('refresh-reset')) return 'reset';
      return faults.take('refresh-false') ? { status: 200, json: false } : answer;
    case 'start':
      instance.start(bundle.symbolicName);
      return answer;
    default:
      return answer;
  }
}

function configMgr(instance: Instance, name: string, request: FarmRequest): FarmAnswer {
  const { configurations } = instance;
  if (request.method === 'GET' && request.query.get('post') !== 'true') {
    const filter = name.replace(/\.json$/, '');
    if (!name.endsWith('.json')) return { status: 200, text: '<html>Configurations</html>' };
    const pids = configurations.pids.filter(
      (pid) => filter === '(service.pid=*)' || pid === filter,
    );
    return { status: 200, json: pids.map((pid) => configurations.show(pid)) };
  }
  if (!/^[\w.~-]+$/.test(name)) return { status: 400, text: 'Bad Request' };
  const form = new URLSearchParams([...request.query, ...request.form]);
  if (!form.has('apply') || instance.faults.take('write-lost')) {
    return { status: 200, json: configurations.show(name) };
  }
  if (instance.faults.take('write-login-page')) {
    return { status: 302, headers: { location: LOGIN_PAGE } };
  }
  if (!form.has('propertylist')) return { status: 400, text: 'Bad Request' };
  const was = configurations.value(TOKEN_HANDLER, 'token.encapsulated');
  const half = instance.faults.take('write-half');
  if (!half) configurations.apply(name, form);
  if (half ?? instance.faults.take('write-damages')) {
    const { 'skip.token.refresh': _gone, ...kept } = configurations.stored(name) ?? {};
    configurations.put(name, kept);
  }
  if (configurations.value(TOKEN_HANDLER, 'token.encapsulated') !== was) {
    if (instance.faults.take('switch-late')) instance.switchPending = 'late';
    if (instance.faults.take('switch-needs-restart')) instance.switchPending = 'restart';
  }
  return { status: 302, headers: { location: `${CONSOLE}/configMgr/${name}` } };
}
