import { createHash } from 'node:crypto';
import type { DeviceIdentity } from '../device-identity.ts';
import { type KeyRing, ofAnyTrialOf, ofTrialOf, seal, type Sealed } from '../sealing/index.ts';
import type { ChosenMvpd } from '../workflows/messages.ts';
import { checkText } from './device-options.ts';
import { invalidRequest } from './errors.ts';

/** An e-mail address has 254 characters at most (RFC 5321). */
const MAX_IDENTITY = 320;
/** SHA-256 or SHA-512, which `temp-pass-feature` advises. */
const HASH = /^(?:[0-9a-f]{64}|[0-9a-f]{128})$/i;

/**
 * What a promotional TempPass knows a viewer by: SHA-256 of the address without blanks around it and in
 * lower case, so that nobody gets another trial by writing it otherwise; as lower-case hex. A hash is
 * taken as it is (`temp-pass-feature`).
 */
export function hashOfIdentity(identity: string): string {
  const plain = identity.trim().normalize('NFC').toLowerCase();
  return HASH.test(plain) ? plain : createHash('sha256').update(plain, 'utf8').digest('hex');
}

interface TempPassAsked {
  mvpd?: ChosenMvpd | undefined;
  trial?: boolean | undefined;
  tempPassIdentity?: string | undefined;
}

/**
 * The identity on its way to the workflow of a device, for the calls about this provider, or about the
 * app's trials, and no others.
 *
 * @throws DevicePassError `invalid_request`; the identity is never repeated
 */
export async function sealedIdentity(
  keys: KeyRing,
  whose: DeviceIdentity,
  { mvpd, trial, tempPassIdentity: identity }: TempPassAsked,
): Promise<{ tempPassIdentity?: Sealed<string> }> {
  if (identity === undefined) return {};
  if (typeof identity !== 'string') {
    throw invalidRequest('tempPassIdentity is no text: give an e-mail address, or its hash');
  }
  checkText('tempPassIdentity', identity, MAX_IDENTITY, 'give an e-mail address, or its hash');
  if (mvpd === undefined && !trial) {
    throw invalidRequest('tempPassIdentity is for a TempPass: give its mvpd, or trial');
  }
  const binding = mvpd === undefined ? ofAnyTrialOf(whose) : ofTrialOf(whose, mvpd.id);
  const sealed = await seal(keys, hashOfIdentity(identity), binding);
  return { tempPassIdentity: sealed };
}
