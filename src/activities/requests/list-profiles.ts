import type { ProfileMark, ShownProfile } from '../../workflows/messages.ts';
import type { Conversation } from './conversation.ts';
import { profilesOf } from './find-profile.ts';

/**
 * Every profile that may sign the device in without a login, the longest validity first. Only whose it is
 * and until when: a choice needs no metadata.
 */
export async function listProfiles(
  conversation: Conversation,
  passOver: ProfileMark[],
): Promise<ShownProfile[]> {
  const profiles = await profilesOf(conversation, { passOver });
  return profiles
    .filter(({ passedOver }) => !passedOver)
    .map(({ mvpd, type, notAfter }) => ({ mvpd, type, notAfter }));
}
