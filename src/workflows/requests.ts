import { refusal } from './failures.ts';
import type {
  AuthenticateRequest,
  AuthorizeRequest,
  ChosenMvpd,
  CodeRequest,
  ConfirmRequest,
  DecisionsRequest,
  DisownRequest,
  ForgetRequest,
  FromDevice,
  Household,
  LogoutRequest,
  PartnerResponseRequest,
  PartnerSignInRequest,
  ResumeRequest,
  VisitRequest,
  Watcher,
} from './messages.ts';

// What a request must look like whatever the device does. The client asks before it sends, and the
// workflow's validators again, for anybody can send an update. Plain TypeScript: a validation
// library has no place in deterministic code. What Adobe makes of it is for the activities.

/**
 * The most that a request may hold, in characters. Everything real is far below. Without bounds one
 * text of 3 MB ends a device: Temporal terminates the workflow (2 MB a payload, 4 MB a message).
 */
export const SIZES = {
  /** A whole request as JSON, in bytes. */
  request: 256 * 1024,
  /** Resource ids in one request. */
  resources: 500,
  /** A resource id may be a whole MRSS document. */
  resource: 4_096,
  /** Facts of a device as JSON, extra ones included. */
  facts: 8_000,
  network: 2_000,
  viewerTokens: 32_000,
  accountId: 2_000,
  proof: 1_000,
  /** Of a household: a key ring has no more keys. */
  formerIds: 50,
  /** Of a TV, sealed. */
  tvName: 1_000,
  /** Sealed: some 100,000 characters of Base64. */
  samlResponse: 140_000,
  url: 4_000,
  code: 40,
  mvpdId: 100,
  mvpdDisplayName: 200,
  mvpdLogoUrl: 2_000,
  /** A provider as JSON, extra fields included. */
  mvpd: 4_000,
  place: 2_000,
  tempPassIdentity: 2_000,
  statement: 200,
  /** Hashes that name a browser or its network. */
  name: 100,
  watcherId: 200,
  taskQueue: 1_000,
} as const;

const REQUIRED_FACTS = ['model', 'version', 'osName', 'osVersion', 'connectionType'] as const;

/** @throws ApplicationFailure `invalid_request`, as all of these, with one line for people */
export function checkSize(request: unknown): void {
  const bytes = new TextEncoder().encode(JSON.stringify(request) ?? '').length;
  if (bytes <= SIZES.request) return;
  throw refusal(
    'invalid_request',
    `the request has ${bytes} bytes as JSON: send ${SIZES.request} at most, in several requests`,
  );
}

export function checkAuthenticate(request: AuthenticateRequest): void {
  login(request);
  if (request.mvpd !== undefined) mvpd(request.mvpd);
  const { restart } = request;
  if (restart !== undefined && typeof restart !== 'boolean') {
    throw invalid('restart', restart, 'use true or false');
  }
  const trial: unknown = request.trial;
  if (trial !== undefined) {
    if (trial !== true) throw invalid('trial', trial, 'use true, or leave it out');
    if (request.mvpd !== undefined) {
      throw refusal('invalid_request', 'trial takes the first that is left: give it without mvpd');
    }
  }
  if (request.tempPassIdentity !== undefined) {
    if (request.mvpd === undefined && !request.trial) {
      throw refusal(
        'invalid_request',
        'tempPassIdentity is for a TempPass: give its mvpd, or trial',
      );
    }
    sealed('tempPassIdentity', request.tempPassIdentity, 'its hash', SIZES.tempPassIdentity);
  }
  if (request.watcher !== undefined) checkWatcher(request.watcher);
}

export function checkPartnerSignIn(request: PartnerSignInRequest): void {
  login(request);
  const { partner } = request;
  if (partner !== 'Apple') throw invalid('partner', partner, 'use "Apple"');
}

export function checkPartnerResponse(request: PartnerResponseRequest): void {
  checkPartnerSignIn(request);
  const { samlResponse } = request;
  sealed('samlResponse', samlResponse, 'the SAML response', SIZES.samlResponse);
}

/** Where and how a login goes on with a code, and who asks. */
function login(request: Omit<PartnerSignInRequest, 'partner'>): void {
  checkFromDevice(request);
  redirectUrl(request.redirectUrl);
  const { screen } = request;
  if (screen !== undefined && screen !== 'second' && screen !== 'same') {
    throw invalid('screen', screen, 'use "second" or "same"');
  }
  place(request.place);
  if (request.statement !== undefined) text('statement', request.statement, SIZES.statement);
}

export function checkVisit(request: VisitRequest): void {
  checkCode(request);
  text('browser', request.browser, SIZES.name);
  text('network', request.network, SIZES.name);
  place(request.place);
}

export function checkCode(request: CodeRequest): void {
  text('code', request?.code, SIZES.code);
}

export function checkConfirm(request: ConfirmRequest): void {
  text('id', request?.id, SIZES.name);
  const { confirmed } = request;
  if (typeof confirmed !== 'boolean') throw invalid('confirmed', confirmed, 'use true or false');
}

export function checkDisown(request: DisownRequest): void {
  const generation: unknown = request?.generation;
  if (!Number.isSafeInteger(generation)) {
    throw invalid('generation', generation, 'give the number of the sign-in');
  }
}

export function checkResume(request: ResumeRequest): void {
  mvpd(request?.mvpd);
  redirectUrl(request.redirectUrl);
  text('code', request.code, SIZES.code);
  if (request.viewerTokens !== undefined) {
    sealed('viewerTokens', request.viewerTokens, 'the visitor id', SIZES.viewerTokens);
  }
}

export function checkDecisions(request: DecisionsRequest): void {
  checkFromDevice(request);
  const { resources } = request;
  const advice = `give 1 to ${SIZES.resources} resource ids`;
  if (!Array.isArray(resources)) throw invalid('resources', resources, advice);
  if (resources.length === 0 || resources.length > SIZES.resources) {
    throw refusal('invalid_request', `resources has ${resources.length} items: ${advice}`);
  }
  for (const resource of resources) text('resource', resource, SIZES.resource);
}

export function checkAuthorize(request: AuthorizeRequest): void {
  checkFromDevice(request);
  text('resource', request.resource, SIZES.resource);
}

export function checkLogout(request: LogoutRequest): void {
  checkFromDevice(request);
  redirectUrl(request.redirectUrl);
}

export function checkForget(request: ForgetRequest): void {
  const logsOut: unknown = request?.logsOut;
  if (logsOut === undefined || typeof logsOut === 'boolean') return;
  throw invalid('logsOut', logsOut, 'use true or false');
}

export function checkWatcher(request: Watcher): void {
  text('watcher id', request?.id, SIZES.watcherId);
  text('task queue', request.taskQueue, SIZES.taskQueue);
  if (request.until !== undefined && request.until !== 'signed-in') {
    throw invalid('until', request.until, 'use "signed-in", or nothing');
  }
}

export function checkFromDevice(request: FromDevice | undefined): void {
  if (typeof request?.facts !== 'object' || request.facts === null) {
    throw invalid('facts', request?.facts, 'give device facts');
  }
  const facts: Partial<Record<string, unknown>> = { ...request.facts };
  for (const name of REQUIRED_FACTS) text(`facts.${name}`, facts[name], SIZES.facts);
  total('facts', facts, SIZES.facts);
  sealed('network', request.network, '{ ip, port }', SIZES.network);
  const { viewerTokens } = request;
  if (viewerTokens !== undefined) {
    sealed('viewerTokens', viewerTokens, 'the tokens of single sign-on', SIZES.viewerTokens);
  }
  const { singleSignOn, account } = request;
  if (singleSignOn !== undefined && typeof singleSignOn !== 'boolean') {
    throw invalid('singleSignOn', singleSignOn, 'use true or false');
  }
  if (account !== undefined) {
    text('account.name', account?.name, SIZES.name);
    sealed('account.id', account.id, 'the subscriber id', SIZES.accountId);
  }
  if (request.household !== undefined) household(request.household);
}

/** 256 bits as base64url. */
const HOUSEHOLD = /^[A-Za-z0-9_-]{43}$/;

export function householdId(id: unknown): void {
  if (typeof id === 'string' && HOUSEHOLD.test(id)) return;
  throw refusal('invalid_request', 'household is no id of one: give the hash that clients make');
}

function household(given: Partial<Household> | null): void {
  householdId(given?.id);
  sealed('household.proof', given?.proof, 'a proof', SIZES.proof);
  const { formerIds = [] } = given ?? {};
  if (!Array.isArray(formerIds) || formerIds.length > SIZES.formerIds) {
    throw refusal(
      'invalid_request',
      `household.formerIds is no list of ${SIZES.formerIds} at most`,
    );
  }
  for (const id of formerIds) householdId(id);
}

function place(value: unknown): void {
  if (value !== undefined) sealed('place', value, '{ country, region, city }', SIZES.place);
}

/** Five parts of a compact JWE. Anything else may be personal data in clear: don't repeat it. */
export function sealed(name: string, value: unknown, what: string, most: number): void {
  if (typeof value !== 'string' || value.split('.').length !== 5) {
    throw refusal('invalid_request', `${name} is not a sealed value: seal ${what} first`);
  }
  if (value.length > most) throw tooLong(name, value.length, most);
}

function mvpd(chosen: ChosenMvpd | undefined): void {
  text('mvpd.id', chosen?.id, SIZES.mvpdId);
  label('mvpd.displayName', chosen?.displayName, SIZES.mvpdDisplayName);
  label('mvpd.logoUrl', chosen?.logoUrl, SIZES.mvpdLogoUrl);
  total('mvpd', chosen ?? {}, SIZES.mvpd);
}

export function redirectUrl(url: string | undefined): void {
  if (url === undefined) return;
  text('redirectUrl', url, SIZES.url);
  if (!/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(url)) {
    throw invalid('redirectUrl', url, 'give an absolute URL');
  }
}

function text(name: string, value: unknown, most: number): void {
  if (typeof value !== 'string' || value.trim() === '') throw invalid(name, value, 'give a text');
  if (value.length > most) throw tooLong(name, value.length, most);
}

/** A text that may be missing, or empty. */
function label(name: string, value: unknown, most: number): void {
  if (value === undefined || value === '') return;
  text(name, value, most);
}

function total(name: string, value: object, most: number): void {
  const { length } = JSON.stringify(value);
  if (length > most) throw tooLong(name, length, most);
}

function tooLong(name: string, length: number, most: number) {
  return refusal('invalid_request', `${name} has ${length} characters: give ${most} at most`);
}

function invalid(name: string, value: unknown, advice: string) {
  const shown = (JSON.stringify(value) ?? 'undefined').slice(0, 80);
  return refusal('invalid_request', `${name} is ${shown}: ${advice}`);
}
