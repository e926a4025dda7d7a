import { ofProfile } from '../sealing/index.ts';
import { deleteRuns } from '../temporal/delete-runs.ts';
import { isDenied } from '../temporal/not-found.ts';
import { readAttributes, type UnreadableReason } from '../user-metadata/index.ts';
import * as messages from '../workflows/messages.ts';
import { checkForget } from '../workflows/requests.ts';
import { type ClientContext, mustBeOpen } from './context.ts';
import type { DeviceWorkflow } from './device-workflow.ts';
import { DevicePassError, invalidRequest, toDevicePassError } from './errors.ts';
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
  /**
   * Forgets a viewer too whose `userID` none of your keys opens: nobody can tell Adobe of them afterwards.
   * Default: refused.
   */
  withoutRequest?: boolean;
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
  /** What could not be done at Temporal. Keep the request all the same, and ask again for the rest. */
  problem?: DevicePassError;
}

/** Who is signed in, as far as this process can tell Adobe. */
interface Viewer {
  mvpd: string;
  userId?: string;
  /** Why it is not known, for people. */
  why?: string;
  reason?: UnreadableReason;
}

/** What keys would help against, unlike what Adobe or the provider can't give. */
const FOR_WANT_OF_A_KEY: readonly (UnreadableReason | undefined)[] = [
  'no_keys',
  'no_usable_key',
  'wrong_key',
  'other_scheme',
];

/** Whether the device has heard of it nobody knows then. */
const UNANSWERED: readonly string[] = [
  'no_answer',
  'temporal_unavailable',
  'workflow_ended',
  'closed',
];

/**
 * Forgets a device: the workflow ends, and its histories are deleted, of this life and of earlier ones.
 * Nothing is done before it is known what Adobe has to be told; what fails after that is `problem`.
 *
 * @throws DevicePassError `unreadable_user_id`, `sealed_value` without the key, ...
 */
export async function forgetDevice(
  context: ClientContext,
  workflow: DeviceWorkflow,
  { logout, untilDeleted = false, withoutRequest = false, ...privacy }: ForgetOptions,
): Promise<Forgotten> {
  mustBeOpen(context);
  checkPrivacy(privacy);
  if (typeof withoutRequest !== 'boolean') {
    throw invalidRequest(`withoutRequest is ${JSON.stringify(withoutRequest)}: give true or false`);
  }
  const seen = await viewerNow(context, workflow);
  if (seen && !withoutRequest && FOR_WANT_OF_A_KEY.includes(seen.reason)) throw unreadable(seen);
  const told = (viewer: Viewer | undefined) => tellAdobe(workflow, viewer, privacy);
  const request = logout === undefined ? {} : { logsOut: logout };
  let answer: messages.ForgetAnswer | undefined;
  try {
    answer = await unlessUnknown(() =>
      workflow.update(messages.forget, { request, check: checkForget }),
    );
  } catch (error) {
    const isUnanswered = error instanceof DevicePassError && UNANSWERED.includes(error.code);
    if (!isUnanswered || seen?.userId === undefined) throw error;
    return { ...told(seen), runs: { deleted: 0, pending: 0 }, problem: error };
  }
  const last = answer?.profile && (await viewerOf(context, workflow, answer.profile, answer));
  const isSame = last?.userId === undefined && last?.mvpd === seen?.mvpd;
  const waitMs = untilDeleted ? DELETED_WITHIN_MS : 0;
  const ended = answer?.runId;
  const { error, ...runs } = await deleteRuns(context.temporal, workflow.id, { ended, waitMs });
  return {
    ...told(last && isSame ? seen : last),
    ...(answer?.logout ? { logout: answer.logout } : {}),
    runs,
    ...(error === undefined ? {} : { problem: notDeleted(error) }),
  };
}

/** Who is signed in, before anything is done. A process without the key must not end what it could not tell of. */
async function viewerNow(
  context: ClientContext,
  workflow: DeviceWorkflow,
): Promise<Viewer | undefined> {
  const view = await unlessUnknown(() => workflow.query(messages.view));
  if (!view) return undefined;
  const { standing } = view;
  await opened(context.keys, workflow.identity, standing);
  if (standing.status !== 'signed-in') return undefined;
  return viewerOf(context, workflow, standing.profile, view);
}

async function viewerOf(
  { keys, userMetadata }: ClientContext,
  { identity }: DeviceWorkflow,
  { mvpd: { id: mvpd }, notAfter, attributes }: NonNullable<messages.ForgetAnswer['profile']>,
  { serviceProvider }: { serviceProvider?: string },
): Promise<Viewer> {
  try {
    const sealed = await unseal(keys, attributes, ofProfile(identity, { mvpd, notAfter }));
    const owned = userMetadata?.of({
      app: identity.app,
      ...(serviceProvider === undefined ? {} : { serviceProvider }),
    });
    const { userID } = await readAttributes(sealed, owned);
    if (!userID) return { mvpd, why: `${mvpd} gave no userID` };
    if (userID.status !== 'unreadable') return { mvpd, userId: String(userID.value) };
    const why = `the userID of ${mvpd} can't be read: ${userID.message}`;
    return { mvpd, why, reason: userID.reason };
  } catch (error) {
    // The device may have ended by now: what else there is to tell of it is told.
    const message = error instanceof Error ? error.message : String(error);
    return { mvpd, why: `the userID of ${mvpd} can't be read: ${message}` };
  }
}

function tellAdobe(
  { identity }: DeviceWorkflow,
  viewer: Viewer | undefined,
  privacy: PrivacyOptions,
): Pick<Forgotten, 'wasSignedIn' | 'privacyRequest' | 'noPrivacyRequest'> {
  if (!viewer) return { wasSignedIn: false, noPrivacyRequest: 'nobody was signed in' };
  const { mvpd, userId, why = '' } = viewer;
  if (userId === undefined) return { wasSignedIn: true, noPrivacyRequest: why };
  const request = privacyRequest({ key: identity.deviceId, mvpd, userId }, privacy);
  return { wasSignedIn: true, privacyRequest: request };
}

function unreadable({ why = '' }: Viewer): DevicePassError {
  const advice =
    'to forget it without a request to the Privacy Service say so (withoutRequest, --without-request)';
  const message = `${why}; ${advice}`;
  return new DevicePassError('unreadable_user_id', message, { action: 'configuration' });
}

function notDeleted(error: unknown): DevicePassError {
  if (isDenied(error)) {
    const message = 'Temporal lets this process delete no workflows: give it that right, ask again';
    return new DevicePassError('not_deleted', message, { action: 'configuration' });
  }
  const problem = toDevicePassError(error);
  if (problem instanceof DevicePassError) return problem;
  const message = error instanceof Error ? error.message : String(error);
  return new DevicePassError('not_deleted', `${message.split('\n')[0]}: ask again`);
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
