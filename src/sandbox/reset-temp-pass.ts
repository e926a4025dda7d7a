import { fromBase64 } from './base64.ts';
import type { Answer, Call } from './call.ts';
import { mvpds, serviceProviders } from './catalog.ts';
import { operationRules } from './operations.ts';
import type { Client, State, Trial } from './state.ts';

const SCOPE = 'temporary:passes:owner';
const badRequest: Answer = { status: 400 };

/** "Reset TempPass": the trials of one device, by its plain id, or of all. */
export function resetTempPass(call: Call, state: State): Answer {
  const id = call.query.get('device_id') || 'all';
  return reset(call, state, ({ device }) => {
    return device !== undefined && (id === 'all' || fromBase64(device) === id);
  });
}

/** The same of one identity of a promotional TempPass, or of all. */
export function resetTempPassByKey(call: Call, state: State): Answer {
  const key = call.query.get('key') || 'all';
  return reset(call, state, ({ identity }) => {
    return identity !== undefined && (key === 'all' || identity === key);
  });
}

interface Whose {
  /** Base64, as in `AP-Device-Identifier`. */
  device?: string;
  identity?: string;
}

function reset(call: Call, state: State, isMeant: (whose: Whose) => boolean): Answer {
  const refused = refusalOf(call, state);
  if (refused) return refused;
  const ended = new Set<Trial>();
  for (const [key, trial] of state.trials) {
    const { serviceProvider, mvpd, ...whose } = readKey(key);
    if (serviceProvider !== call.query.get('requestor_id')) continue;
    if (mvpd === call.query.get('mvpd_id') && isMeant(whose)) ended.add(trial);
  }
  for (const [key, trial] of state.trials) if (ended.has(trial)) state.trials.delete(key);
  return { status: 204 };
}

/** 401 wants a new token, 403 new credentials, 400 another request. */
function refusalOf(call: Call, state: State): Answer | undefined {
  const [, bearer = ''] = /^Bearer (\S+)$/.exec(call.headers['authorization'] ?? '') ?? [];
  if (bearer) state.secrets.add(bearer);
  const token = state.tokens.get(bearer);
  if (!token || token.expiresAt <= Date.now()) return { status: 401 };
  const client = state.clients.get(token.clientId);
  const requestor = call.query.get('requestor_id') ?? '';
  if (!mayReset(client)) return { status: 403 };
  const mvpd = mvpds.get(call.query.get('mvpd_id') ?? '');
  const isIntegrated = serviceProviders.get(requestor)?.mvpds.includes(mvpd?.id ?? '');
  if (!isIntegrated || !mvpd?.isTempPass || !isPlain(call, state)) return badRequest;
  if (call.operation === 'resetTempPassByKey' && !mvpd.isPromotional) return badRequest;
  return client?.serviceProviders.includes(requestor) ? undefined : { status: 403 };
}

function mayReset(client: Client | undefined): boolean {
  return client !== undefined && !client.revoked && client.scopes.includes(SCOPE);
}

/** Nothing but what the page lists: no header of REST API V2, no other parameter, none twice, no body. */
function isPlain({ operation, query, text, headers }: Call, { settings }: State): boolean {
  const names = [...query.keys()];
  const listed = operationRules(settings)[operation].query;
  return (
    text === '' &&
    names.every((name) => listed.includes(name)) &&
    new Set(names).size === names.length &&
    !Object.keys(headers).some((name) => /^(ap-|ad-|adobe-|x-)/.test(name))
  );
}

/** As `keysOf` of trials writes them. */
function readKey(key: string): Whose & { serviceProvider: string; mvpd: string } {
  const parts = JSON.parse(key) as [string, string, string, string?];
  if (parts[3] !== undefined) {
    const [, identity, serviceProvider, mvpd] = parts;
    return { identity, serviceProvider, mvpd };
  }
  const [device, serviceProvider, mvpd] = parts;
  return { device: device.split(' ')[1] ?? '', serviceProvider, mvpd };
}
