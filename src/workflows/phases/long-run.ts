import { workflowInfo } from '@temporalio/workflow';
import type { Device } from '../device.ts';

const DEFAULT_EVENTS = 2_000;

/** Whether the history has grown so long that a new run should carry on. Never while a code is shown. */
export function runIsLong({ state }: Device): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  const limit = state.settings?.continueAsNewAfterEvents ?? DEFAULT_EVENTS;
  return state.phase.name !== 'awaiting-login' && (continueAsNewSuggested || historyLength > limit);
}

/** What a phase tells when it ends. */
export interface PhaseEnd {
  /** A new code took the place of an expired one, without anybody asking. */
  renewed?: boolean;
}
