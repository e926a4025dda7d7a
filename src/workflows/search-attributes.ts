import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { plainCode } from './plain-code.ts';
import type { DeviceState } from './state.ts';

/** What operators can search devices and audits by. No secret ever goes here. */
export const PHASE = defineSearchAttributeKey('DevicepassPhase', 'KEYWORD');
export const MVPD = defineSearchAttributeKey('DevicepassMvpd', 'KEYWORD');
export const SERVICE_PROVIDER = defineSearchAttributeKey('DevicepassServiceProvider', 'KEYWORD');
export const LAST_ERROR = defineSearchAttributeKey('DevicepassLastError', 'KEYWORD');

/** The code on the screen, as people may type it (`plainCode`): the second way from a code to its device. */
export const CODE = defineSearchAttributeKey('DevicepassCode', 'KEYWORD');

export const SEARCH_ATTRIBUTES = [PHASE, MVPD, SERVICE_PROVIDER, LAST_ERROR, CODE] as const;

/** The attributes of a state; one upsert each time that they change, for each is a history event. */
export function searchAttributes(state: DeviceState): SearchAttributeUpdatePair[] {
  const { phase } = state;
  return [
    { key: PHASE, value: phase.name },
    { key: MVPD, value: state.rememberedMvpd?.id ?? null },
    { key: SERVICE_PROVIDER, value: state.settings?.serviceProvider ?? null },
    { key: LAST_ERROR, value: state.lastError?.code ?? null },
    { key: CODE, value: phase.name === 'awaiting-login' ? plainCode(phase.code) : null },
  ];
}
