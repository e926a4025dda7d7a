import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { presentProfile } from './left-behind.ts';
import { plainCode } from './plain-code.ts';
import type { DeviceState } from './state.ts';

/** What operators can search devices and audits by. No secret ever goes here. */
export const PHASE = defineSearchAttributeKey('DevicepassPhase', 'KEYWORD');
export const MVPD = defineSearchAttributeKey('DevicepassMvpd', 'KEYWORD');
export const SERVICE_PROVIDER = defineSearchAttributeKey('DevicepassServiceProvider', 'KEYWORD');
export const LAST_ERROR = defineSearchAttributeKey('DevicepassLastError', 'KEYWORD');

/** The code on the screen, as people may type it (`plainCode`): the second way from a code to its device. */
export const CODE = defineSearchAttributeKey('DevicepassCode', 'KEYWORD');

/** Where the device waits for its login: those who waited in a process that died are found by it. */
export const ROOM = defineSearchAttributeKey('DevicepassRoom', 'KEYWORD');

/**
 * How a viewer is let in, in Adobe's words: `regular`, `temporary`, `degraded`, a kind of single sign-on.
 */
export const PROFILE_TYPE = defineSearchAttributeKey('DevicepassProfileType', 'KEYWORD');
/** Whose TV it is, as a keyed hash: the TVs of a household are found by it. */
export const HOUSEHOLD = defineSearchAttributeKey('DevicepassHousehold', 'KEYWORD');

export const SEARCH_ATTRIBUTES = [
  PHASE,
  MVPD,
  SERVICE_PROVIDER,
  LAST_ERROR,
  CODE,
  ROOM,
  PROFILE_TYPE,
  HOUSEHOLD,
] as const;

/**
 * Databases keep 255 characters, the server takes 2 kB: of a longer word of Adobe's it would refuse the
 * task, again and again.
 */
const MOST_CHARACTERS = 200;

/** The attributes of a state; one upsert each time that they change, for each is a history event. */
export function searchAttributes(state: DeviceState): SearchAttributeUpdatePair[] {
  const { phase } = state;
  const profile = presentProfile(state);
  return [
    { key: PHASE, value: phase.name },
    // Who is let in by a trial, or a rule, need not be a customer of the one that is remembered.
    { key: MVPD, value: short((profile?.mvpd ?? state.rememberedMvpd)?.id) },
    { key: SERVICE_PROVIDER, value: short(state.settings?.serviceProvider) },
    { key: LAST_ERROR, value: short(state.lastError?.code) },
    { key: CODE, value: phase.name === 'awaiting-login' ? short(plainCode(phase.code)) : null },
    { key: HOUSEHOLD, value: state.household?.id ?? null },
    { key: ROOM, value: phase.name === 'awaiting-login' ? (phase.room ?? null) : null },
    { key: PROFILE_TYPE, value: short(profile?.type) },
  ];
}

function short(text: string | undefined): string | null {
  return text?.slice(0, MOST_CHARACTERS) ?? null;
}
