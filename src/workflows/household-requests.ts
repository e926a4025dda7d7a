import type { RemoteLogoutRequest, RenameRequest } from './household-messages.ts';
import { householdId, redirectUrl, sealed, SIZES } from './requests.ts';

// What requests in the name of a household must look like; see `requests.ts`.

/** @throws ApplicationFailure `invalid_request`, as all of these */
export function checkRename(request: RenameRequest): void {
  householdId(request?.household);
  if (request.name !== undefined) sealed('name', request.name, 'the name', SIZES.tvName);
}

export function checkRemoteLogout(request: RemoteLogoutRequest): void {
  householdId(request?.household);
  redirectUrl(request.redirectUrl);
  const { viewerTokens } = request;
  if (viewerTokens === undefined) return;
  sealed('viewerTokens', viewerTokens, 'the tokens of single sign-on', SIZES.viewerTokens);
}
