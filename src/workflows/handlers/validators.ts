import type { Device } from '../device.ts';
import { refusal } from '../failures.ts';
import type {
  AccessRequest,
  AuthenticateRequest,
  AuthorizeRequest,
  CodeRequest,
  ConfirmRequest,
  DecisionsRequest,
  DisownRequest,
  FromDevice,
  ForgetRequest,
  LogoutRequest,
  RemoteLogoutRequest,
  RenameRequest,
  PartnerResponseRequest,
  PartnerSignInRequest,
  ResumeRequest,
  VisitRequest,
  Watcher,
} from '../messages.ts';
import { checkRemoteLogout, checkRename } from '../household-requests.ts';
import * as requests from '../requests.ts';
import { mustBeOf } from './household.ts';
import { loginUnderWay } from './leave.ts';
import { loginWith } from './resume.ts';
import { shownSignIn, waitingForWord } from './second-screen.ts';

// What is wrong with a request in itself comes first, then what the phase of the device forbids.

export function authenticateRequest(_device: Device, request: AuthenticateRequest): void {
  requests.checkAuthenticate(request);
}

export function partnerSignInRequest(_device: Device, request: PartnerSignInRequest): void {
  requests.checkPartnerSignIn(request);
}

export function partnerResponseRequest(_device: Device, request: PartnerResponseRequest): void {
  requests.checkPartnerResponse(request);
}

export function resumeRequest(device: Device, request: ResumeRequest): void {
  requests.checkResume(request);
  loginWith(device, request.code);
}

export function visitRequest(device: Device, request: VisitRequest): void {
  requests.checkVisit(request);
  loginWith(device, request.code);
}

export function codeRequest(device: Device, request: CodeRequest): void {
  requests.checkCode(request);
  loginWith(device, request.code);
}

export function confirmRequest(device: Device, request: ConfirmRequest): void {
  requests.checkConfirm(request);
  waitingForWord(device, request.id);
}

export function disownRequest(device: Device, request: DisownRequest): void {
  requests.checkDisown(request);
  shownSignIn(device, request.generation);
}

export function fromDevice(_device: Device, request: FromDevice): void {
  requests.checkFromDevice(request);
}

export function decisionsRequest(device: Device, request: DecisionsRequest): void {
  requests.checkDecisions(request);
  mustBeSignedIn(device);
}

export function authorizeRequest(device: Device, request: AuthorizeRequest): void {
  requests.checkAuthorize(request);
  mustBeSignedIn(device);
}

export function logoutRequest({ state }: Device, request: LogoutRequest): void {
  requests.checkLogout(request);
  if (state.phase.name === 'awaiting-login') throw loginUnderWay();
}

export function renameRequest(device: Device, request: RenameRequest): void {
  checkRename(request);
  mustBeOf(device, request);
}

export function remoteLogoutRequest(device: Device, request: RemoteLogoutRequest): void {
  checkRemoteLogout(request);
  mustBeOf(device, request);
}

export function forgetRequest(_device: Device, request: ForgetRequest): void {
  requests.checkForget(request);
}

/** What an app's own workflow is asked for; it takes no other update. */
export function accessRequest(_site: Device, request: AccessRequest): void {
  requests.checkSize(request);
  requests.checkFromDevice(request);
}

export function watcher(_device: Device, request: Watcher): void {
  requests.checkWatcher(request);
}

function mustBeSignedIn({ standing }: Device): void {
  if (standing.status === 'signed-in') return;
  throw refusal('not_signed_in', `nobody is signed in (${standing.status}): authenticate first`, {
    action: 'authentication',
  });
}
