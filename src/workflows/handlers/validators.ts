import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import type {
  AccessRequest,
  AuthenticateRequest,
  AuthorizeRequest,
  ChosenMvpd,
  DecisionsRequest,
  FromDevice,
  LogoutRequest,
  ResumeRequest,
  Watcher,
} from '../messages.ts';
import { loginUnderWay } from './leave.ts';

// Validators are plain TypeScript: a validation library has no place in deterministic code. They
// check what would be a mistake of the caller; what Adobe makes of it is for the activities.

const REQUIRED_FACTS = ['model', 'version', 'osName', 'osVersion', 'connectionType'] as const;
/** More than any picker shows at once, and far below the size limit of a Temporal payload. */
const MAX_RESOURCES = 500;

export function authenticateRequest(_device: Device, request: AuthenticateRequest): void {
  fromDevice(request);
  if (request.mvpd !== undefined) mvpd(request.mvpd);
  redirectUrl(request.redirectUrl);
  if (request.screen !== undefined && request.screen !== 'second' && request.screen !== 'same') {
    throw invalid('screen', request.screen, 'use "second" or "same"');
  }
}

export function resumeRequest({ state }: Device, request: ResumeRequest): void {
  mvpd(request?.mvpd);
  redirectUrl(request.redirectUrl);
  if (state.phase.name !== 'awaiting-login' || state.phase.code !== request.code) {
    throw refusal('unknown_code', `no login waits for code ${request.code}: get a new code`);
  }
}

export function decisionsRequest(device: Device, request: DecisionsRequest): void {
  fromDevice(request);
  const { resources } = request;
  if (!Array.isArray(resources) || resources.length === 0 || resources.length > MAX_RESOURCES) {
    const count = Array.isArray(resources) ? `${resources.length} resources` : resources;
    throw invalid('resources', count, `give 1 to ${MAX_RESOURCES} resource ids`);
  }
  for (const resource of resources) text('resource', resource);
  mustBeSignedIn(device);
}

export function authorizeRequest(device: Device, request: AuthorizeRequest): void {
  fromDevice(request);
  text('resource', request.resource);
  mustBeSignedIn(device);
}

export function logoutRequest({ state }: Device, request: LogoutRequest): void {
  fromDevice(request);
  redirectUrl(request.redirectUrl);
  if (state.phase.name === 'awaiting-login') throw loginUnderWay();
}

export function accessRequest(_site: Device, request: AccessRequest): void {
  fromDevice(request);
}

export function watcher(_device: Device, request: Watcher): void {
  text('watcher id', request?.id);
  text('task queue', request.taskQueue);
}

function mustBeSignedIn({ standing }: Device): void {
  if (standing.status === 'signed-in') return;
  throw refusal('not_signed_in', `nobody is signed in (${standing.status}): authenticate first`, {
    action: 'authentication',
  });
}

function fromDevice(request: FromDevice | undefined): void {
  if (typeof request?.facts !== 'object')
    throw invalid('facts', request?.facts, 'give device facts');
  const facts: Partial<Record<string, unknown>> = { ...request.facts };
  for (const name of REQUIRED_FACTS) text(`facts.${name}`, facts[name]);
  // Five parts of a compact JWE. Anything else may be an address in clear: don't repeat it.
  if (typeof request.network !== 'string' || request.network.split('.').length !== 5) {
    throw refusal('invalid_request', 'network is not a sealed value: seal { ip, port } first');
  }
}

function mvpd(chosen: ChosenMvpd | undefined): void {
  text('mvpd.id', chosen?.id);
}

function redirectUrl(url: string | undefined): void {
  if (url !== undefined && (typeof url !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(url))) {
    throw invalid('redirectUrl', url, 'give an absolute URL');
  }
}

function text(name: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '') throw invalid(name, value, 'give a text');
}

function invalid(name: string, value: unknown, advice: string) {
  const shown = (JSON.stringify(value) ?? 'undefined').slice(0, 80);
  return refusal('invalid_request', `${name} is ${shown}: ${advice}`);
}
