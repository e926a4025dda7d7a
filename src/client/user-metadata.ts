import { type MetadataAttribute, type OwnedKeys, readAttributes } from '../user-metadata/index.ts';
import { DevicePassError } from './errors.ts';
import type { Standing } from './standing.ts';

/** What Adobe and the provider tell of the viewer who is signed in. */
export interface UserMetadata {
  /** Id of the provider. */
  mvpd: string;
  /** End of the profile that it came with. */
  expiresAt: Date;
  /** By name: `{ userID: { status: 'plain', value }, zip: { status: 'decrypted', value }, ... }`. */
  attributes: Record<string, MetadataAttribute>;
}

/** @throws DevicePassError `not_signed_in` */
export async function userMetadataOf(
  standing: Standing,
  keys: OwnedKeys | undefined,
): Promise<UserMetadata> {
  if (standing.status !== 'signed-in') {
    throw new DevicePassError('not_signed_in', 'nobody is signed in: authenticate first', {
      action: 'authentication',
    });
  }
  const { mvpd, expiresAt, attributes } = standing.profile;
  return { mvpd: mvpd.id, expiresAt, attributes: await readAttributes(attributes, keys) };
}
