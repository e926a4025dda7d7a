import { createHash, createHmac } from 'node:crypto';
import type { DeviceIdentity } from '../device-identity.ts';
import { type KeyRing, ofDevice, seal } from '../sealing/index.ts';
import type { Subject } from '../service-tokens/index.ts';
import type { Household } from '../workflows/messages.ts';
import { SIZES } from '../workflows/requests.ts';

/**
 * The ids that a household may have, that of the key that seals first. Keyed: whoever reads search
 * attributes can't try subjects. So a rotation of keys gives each TV another with its next request, and
 * until then the others find it by the old one.
 */
export function householdIds(keys: KeyRing, { issuer, subject }: Subject): [string, ...string[]] {
  const idBy = (secret: Uint8Array) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['household/v1', issuer, subject]))
      .digest('base64url');
  const { sealingKey, ids } = keys;
  const older = ids.flatMap((id) => (id === sealingKey.id ? [] : (keys.find(id) ?? [])));
  return [idBy(sealingKey.secret), ...older.map(({ secret }) => idBy(secret))];
}

/** What a device brings along: its household, and the proof that a client says so of this device. */
export async function householdOf(
  keys: KeyRing,
  who: Subject,
  whose: DeviceIdentity,
): Promise<Household> {
  const [id, ...older] = householdIds(keys, who);
  const formerIds = older.slice(0, SIZES.formerIds);
  const proof = await seal(keys, null, proofOf(id, whose));
  return { id, proof, ...(formerIds.length > 0 ? { formerIds } : {}) };
}

/** The binding of that proof. */
export function proofOf(id: string, whose: DeviceIdentity) {
  return ofDevice('household', whose, id);
}

/** What others of the household name a TV by: no id of Adobe's, nor of ours. */
export function tvIdOf(workflowId: string): string {
  const hash = createHash('sha256').update(JSON.stringify(['household-tv/v1', workflowId]));
  return hash.digest('base64url').slice(0, 22);
}
