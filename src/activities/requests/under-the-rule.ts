import { isDegraded } from '../../profile-marks.ts';
import type { FoundProfile } from '../found-profile.ts';
import { problemOf } from './conversation.ts';

/**
 * Whether the rule for a provider still holds, which only the call by MVPD tells. Unlike other looks this
 * one may fail: then nothing was said, and the viewer keeps what there was.
 *
 * @throws ApplicationFailure where Adobe could not be asked
 */
export async function underTheRule(
  look: () => Promise<FoundProfile[]>,
): Promise<FoundProfile | undefined> {
  try {
    const profiles = await look();
    return profiles.find((one) => isDegraded(one) || !one.passedOver);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem || problem.retryable) throw error;
    return undefined;
  }
}
