import { ApplicationFailure } from '@temporalio/common';

/**
 * What our log says of an event of the Temporal SDK: the same names from all of its parts, and of a
 * failure what one searches for (code, action, status, trace) beside its text. Left out is what
 * says nothing to anybody: task tokens, spans, and a task's list of commands.
 */
export function logFields(meta: Record<string, unknown> = {}): Record<string, unknown> {
  const fields = Object.entries(meta)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => [NAMES[name] ?? name, value]);
  return { ...Object.fromEntries(fields), ...failureFields(meta['error']) };
}

const LEFT_OUT = new Set(['taskToken', 'task_token', 'completion', 'spanContexts', 'error']);

/** The SDK's core names differently what the rest of the SDK has names for. */
const NAMES: Record<string, string> = {
  workflow_id: 'workflowId',
  run_id: 'workflowRunId',
  runId: 'workflowRunId',
  workflow_type: 'workflowType',
  activity_id: 'activityId',
  activity_type: 'activityType',
  task_queue: 'taskQueue',
};

/** The core gives a text, the rest of the SDK an error; of that nothing but its message is written. */
function failureFields(error: unknown): Record<string, unknown> {
  if (typeof error === 'string') return { error };
  if (!(error instanceof Error)) return {};
  if (!(error instanceof ApplicationFailure)) return { error: error.message };
  const { action, status, trace } = (error.details?.[0] ?? {}) as Record<string, unknown>;
  return { error: error.message, code: error.type ?? undefined, action, status, trace };
}
