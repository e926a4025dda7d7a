import { createHmac } from 'node:crypto';
import type { KeyRing } from '../../sealing/index.ts';

/** Which keys an agent has, so that rings can be compared. Fingerprints give no key away. */
export interface Ring {
  /** The key that it seals with. */
  seals: string;
  /** All that it opens with. */
  opens: string[];
}

export function ringOf(keys: KeyRing): Ring {
  const fingerprint = (id: string) => {
    const secret = keys.find(id)?.secret ?? '';
    // Ids may be made by hand, and the same for different keys.
    return `${id}:${createHmac('sha256', secret).update('fingerprint').digest('hex').slice(0, 16)}`;
  };
  return { seals: fingerprint(keys.sealingKey.id), opens: keys.ids.map(fingerprint) };
}
