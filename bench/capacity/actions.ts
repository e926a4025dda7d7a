import proto from '@temporalio/proto';

const { EventType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;
type History = proto.temporal.api.history.v1.IHistory;
type Event = proto.temporal.api.history.v1.IHistoryEvent;

/** Retries of local activities are billed up to so many a workflow task. */
const LOCAL_RETRIES_AT_MOST = 100;
/** The start of a workflow by a Schedule is billed as this and two more. */
const SCHEDULE_EXTRA = 2;

/** What is billed and leaves no event: whoever knows it passes it in. */
export interface Unrecorded {
  /** Those that reached a worker; that of the current details is free. */
  queries?: number;
  /** Heartbeats of activities that reached the server: the SDK sends fewer than the code makes. */
  heartbeats?: number;
  /** Updates that a validator refused. */
  rejectedUpdates?: number;
  /** Renewals of a workflow task whose local activities take more than 80 % of its time-out. */
  taskHeartbeats?: number;
}

/**
 * The billable actions of one run on Temporal Cloud, by the table of event types of the page
 * "Temporal Cloud Actions" (docs.temporal.io/cloud/actions, read in November 2026). What happened before
 * a reset was billed to the run that was reset.
 */
export function billableActions(history: History, unrecorded: Unrecorded = {}): number {
  const { queries = 0, heartbeats = 0, rejectedUpdates = 0, taskHeartbeats = 0 } = unrecorded;
  const all = history.events ?? [];
  const events = all.slice(Math.max(0, all.findLastIndex(isReset)));
  const billed = events.map((event, at) => actionsOf(event, events[at - 1]));
  const recorded = billed.reduce((sum, actions) => sum + actions, 0);
  return (
    recorded + tasksWithMarkers(events) + queries + heartbeats + rejectedUpdates + taskHeartbeats
  );
}

/** Markers are not among these: they are billed by workflow task. */
function actionsOf(event: Event, before: Event | undefined): number {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
      return isScheduled(event) ? 1 + SCHEDULE_EXTRA : 1;
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
      // Signal-with-start is one action: only then no task was scheduled in between.
      return before?.eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED ? 0 : 1;
    case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
      return isOfVersionsOnly(event) ? 0 : 1;
    case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
      return Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
    case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
      return Math.min(localRetries(event), LOCAL_RETRIES_AT_MOST);
    case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
      return isReset(event) ? 1 : 0;
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
    case EventType.EVENT_TYPE_TIMER_STARTED:
    case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
    // The child's own start is in its own history; so is the end of a signal to another workflow.
    case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
    case EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED:
    case EventType.EVENT_TYPE_NEXUS_OPERATION_CANCEL_REQUESTED:
      return 1;
    default:
      return 0;
  }
}

/** All markers of one workflow task, those of local activities and of patches, are one action. */
function tasksWithMarkers(events: readonly Event[]): number {
  const tasks = events.map(({ markerRecordedEventAttributes: marker }) =>
    marker ? String(marker.workflowTaskCompletedEventId) : undefined,
  );
  return new Set(tasks.filter((task) => task !== undefined)).size;
}

function localRetries({ workflowTaskCompletedEventAttributes: task }: Event): number {
  return task?.meteringMetadata?.nonfirstLocalActivityExecutionAttempts ?? 0;
}

function isReset({ workflowTaskFailedEventAttributes: failed }: Event): boolean {
  return failed?.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW;
}

function isScheduled({ workflowExecutionStartedEventAttributes: started }: Event): boolean {
  return Object.hasOwn(started?.searchAttributes?.indexedFields ?? {}, 'TemporalScheduledById');
}

function isOfVersionsOnly({ upsertWorkflowSearchAttributesEventAttributes: upsert }: Event) {
  const names = Object.keys(upsert?.searchAttributes?.indexedFields ?? {});
  return names.length > 0 && names.every((name) => name === 'TemporalChangeVersion');
}
