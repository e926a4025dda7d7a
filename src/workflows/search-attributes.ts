import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { DeviceState } from './state.ts';

/** What operators can search devices and audits by. No secret ever goes here. */
export const PHASE = defineSearchAttributeKey('DevicepassPhase', 'KEYWORD');
export const MVPD = defineSearchAttributeKey('DevicepassMvpd', 'KEYWORD');
export const SERVICE_PROVIDER = defineSearchAttributeKey('DevicepassServiceProvider', 'KEYWORD');
export const LAST_ERROR = defineSearchAttributeKey('DevicepassLastError', 'KEYWORD');

export const SEARCH_ATTRIBUTES = [PHASE, MVPD, SERVICE_PROVIDER, LAST_ERROR] as const;

/** The attributes of a state; one upsert each time that they change, for each is a history event. */
export function searchAttributes(state: DeviceState): SearchAttributeUpdatePair[] {
  return [
    { key: PHASE, value: state.phase.name },
    { key: MVPD, value: state.rememberedMvpd?.id ?? null },
    { key: SERVICE_PROVIDER, value: state.settings?.serviceProvider ?? null },
    { key: LAST_ERROR, value: state.lastError?.code ?? null },
  ];
}
