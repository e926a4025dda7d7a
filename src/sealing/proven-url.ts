import { ofDevice } from './binding.ts';
import type { KeyRing } from './key-ring.ts';
import { open, seal, type Sealed, SealedError } from './sealed.ts';

interface Whose {
  app: string;
  deviceId: string;
}

const PROOF = /[#&]proof=([\w.-]+)$/;

/**
 * A URL with a proof in its fragment that it was given for this device by a holder of the ring: it
 * says where a viewer's browser ends, and whoever has Temporal could name a page of theirs.
 */
export async function withProof(keys: KeyRing, url: string, whose: Whose): Promise<string> {
  const proof = await seal(keys, null, ofDevice('redirect', whose, url));
  return `${url}${url.includes('#') ? '&' : '#'}proof=${proof}`;
}

/**
 * The URL as it was given.
 *
 * @throws SealedError for one without a proof, or with that of another URL or device
 */
export async function provenUrl(keys: KeyRing, given: string, whose: Whose): Promise<string> {
  const [end = '', proof] = PROOF.exec(given) ?? [];
  if (proof === undefined) throw new SealedError('the redirectUrl has no proof that it is ours');
  const url = given.slice(0, -end.length);
  await open(keys, proof as Sealed<null>, ofDevice('redirect', whose, url));
  return url;
}
