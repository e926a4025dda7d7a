import { frameworkAnswer } from '../../src/sandbox/index.ts';
import type { PartnerFrameworkStatus } from '../../src/adobe-pass/index.ts';
import type { DeviceClient, PartnerRequest, PartnerSignIn, Standing } from '../../src/client.ts';
import assert from 'node:assert/strict';

/** An Apple TV, as its app describes it. */
export const APPLE_TV = {
  primaryHardwareType: 'SetTopBox',
  model: 'AppleTV',
  version: '14,1',
  manufacturer: 'Apple',
  osName: 'tvOS',
  osVendor: 'Apple',
  osVersion: '18.0',
  connectionType: 'WiFi',
} as const;

/** Ids that the providers of the sandbox have at Apple. */
export const NORTH = 'north-cable';
export const SKY = 'sky-dish';
/** In Apple's picker, and no more. */
export const RIVER = 'river-fiber';

/** What Apple's framework says of the device's viewer. */
export function vouching(
  id: string,
  { accessStatus = 'granted', lifeMs = 3_600_000 } = {},
): PartnerFrameworkStatus {
  return {
    frameworkPermissionInfo: { accessStatus },
    frameworkProviderInfo: { id, expirationDate: String(Date.now() + lifeMs) },
  };
}

/** The viewer lets the app ask nothing. */
export const DENIED: PartnerFrameworkStatus = {
  frameworkPermissionInfo: { accessStatus: 'denied' },
  frameworkProviderInfo: {},
};

export function asRequest(answer: PartnerSignIn): PartnerRequest {
  assert.ok(answer.status === 'partner', `a request, not ${JSON.stringify(answer)}`);
  return answer;
}

/** From nothing to signed in by Apple, without a word to the viewer. */
export async function signInByApple(tv: DeviceClient, username?: string): Promise<Standing> {
  const { request } = asRequest(await tv.partnerSignIn());
  const samlResponse = frameworkAnswer({ request, ...(username ? { username } : {}) });
  const standing = await tv.partnerResponse({ samlResponse });
  assert.equal(standing.status, 'signed-in');
  return standing;
}
