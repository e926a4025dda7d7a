import { ofProfile } from '../sealing/index.ts';
import { deleteRuns } from '../temporal/delete-runs.ts';
import { readAttributes } from '../user-metadata/index.ts';
import * as messages from '../workflows/messages.ts';
import { checkForget } from '../workflows/requests.ts';
import { type ClientContext, mustBeOpen } from './context.ts';
import type { DeviceWorkflow } from './device-workflow.ts';
import { DevicePassError } from './errors.ts';
import {
  checkPrivacy,
  type PrivacyOptions,
  type PrivacyRequest,
  privacyRequest,
} from './privacy-request.ts';
import { opened, unseal } from './standing.ts';

/** How a device is forgotten. Wrong values throw DevicePassError `invalid_request`. */
export interface ForgetOptions extends PrivacyOptions {
  /** Signs out at Adobe too, where somebody is signed in. Default: only here. */
  logout?: boolean;
  /** Waits until all is gone, two minutes at most. Default: Temporal is told, and does it without you. */
  untilDeleted?: boolean;
}

const DELETED_WITHIN_MS = 120_000;

/** What is left to do once a device was forgotten. Personal data: it is kept nowhere. */
export interface Forgotten {
  /** Somebody was signed in. */
  wasSignedIn: boolean;
  /** For Adobe's Privacy Service, which can be told of who is signed in only. */
  privacyRequest?: PrivacyRequest;
  /** Why there is none, for people. */
  noPrivacyRequest?: string;
  /** What Adobe said to the logout. */
  logout?: Omit<messages.LogoutAnswer, 'status'>;
  /** Histories that are gone, and those that Temporal deletes within a minute of the end of their run. */
  runs: { deleted: number; pending: number };
}

/**
 * Forgets a device: the workflow ends, and its histories are deleted, of this life and of earlier ones.
 *
 * @throws DevicePassError
 */
export async function forgetDevice(
  context: ClientContext,
  workflow: DeviceWorkflow,
  { logout, untilDeleted = false, ...privacy }: ForgetOptions,
): Promise<Forgotten> {
  mustBeOpen(context);
  checkPrivacy(privacy);
  const { keys } = context;
  // A process without the key must not end what it could not tell of.
  const view = await unlessUnknown(() => workflow.query(messages.view));
  if (view) await opened(keys, workflow.identity, view.standing);
  const request = logout === undefined ? {} : { logsOut: logout };
  const answer = await unlessUnknown(() =>
    workflow.update(messages.forget, { request, check: checkForget }),
  );
  const told = await tellAdobe(context, workflow, answer, privacy);
  const waitMs = untilDeleted ? DELETED_WITHIN_MS : 0;
  const runs = await deleteRuns(context.temporal, workflow.id, { ended: answer?.runId, waitMs });
  return {
    wasSignedIn: answer?.profile !== undefined,
    ...told,
    ...(answer?.logout ? { logout: answer.logout } : {}),
    runs,
  };
}

async function tellAdobe(
  { keys, userMetadata }: ClientContext,
  { identity }: DeviceWorkflow,
  answer: messages.ForgetAnswer | undefined,
  privacy: PrivacyOptions,
): Promise<Pick<Forgotten, 'privacyRequest' | 'noPrivacyRequest'>> {
  if (!answer?.profile) return { noPrivacyRequest: 'nobody was signed in' };
  const { profile, serviceProvider } = answer;
  const mvpd = profile.mvpd.id;
  const binding = ofProfile(identity, { mvpd, notAfter: profile.notAfter });
  const sealed = await unseal(keys, profile.attributes, binding);
  const owned = userMetadata?.of({
    app: identity.app,
    ...(serviceProvider === undefined ? {} : { serviceProvider }),
  });
  const { userID } = await readAttributes(sealed, owned);
  if (!userID) return { noPrivacyRequest: `${mvpd} gave no userID` };
  if (userID.status === 'unreadable') {
    return { noPrivacyRequest: `the userID of ${mvpd} can't be read: ${userID.message}` };
  }
  const viewer = { key: identity.deviceId, mvpd, userId: String(userID.value) };
  return { privacyRequest: privacyRequest(viewer, privacy) };
}

/** Undefined for a device that has no life now. */
async function unlessUnknown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DevicePassError && error.code === 'not_signed_in') return undefined;
    throw error;
  }
}
