import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { billableActions } from '../../bench/capacity/actions.ts';
import { historyFiles, readHistory } from '../replay/support.ts';

/** A history of these events, with attributes as JSON has them. */
function historyOf(...events: [type: string, attributes?: object][]) {
  return historyFromJSON({
    events: events.map(([type, attributes = {}], index) => ({
      eventId: String(index + 1),
      eventType: `EVENT_TYPE_${type}`,
      [`${camel(type)}EventAttributes`]: attributes,
    })),
  });
}

function camel(type: string): string {
  return type.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const STARTED = ['WORKFLOW_EXECUTION_STARTED'] as [string];
const SCHEDULED = ['WORKFLOW_TASK_SCHEDULED'] as [string];
const SIGNALED = ['WORKFLOW_EXECUTION_SIGNALED'] as [string];
const marker = (task: number): [string, object] => [
  'MARKER_RECORDED',
  { workflowTaskCompletedEventId: String(task) },
];
const upsert = (...names: string[]): [string, object] => [
  'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
  {
    searchAttributes: { indexedFields: Object.fromEntries(names.map((name) => [name, {}])) },
  },
];

describe('the billable actions of a history', () => {
  it('are counted in each that is recorded', () => {
    const counted = historyFiles().map((file) => [
      basename(file, '.json'),
      billableActions(historyFromJSON(readHistory(file))),
    ]);
    assert.deepEqual(Object.fromEntries(counted), {
      abandoned: 9,
      'apple-fell-back': 17,
      audited: 5,
      'audited-without-token': 5,
      'authz-all': 18,
      'authz-none': 19,
      'concurrent-updates': 28,
      'continued-as-new.1': 25,
      'continued-as-new.2': 24,
      'continued-as-new.3': 8,
      'degraded-authnall': 25,
      'degraded-before': 20,
      denied: 15,
      'existing-profile': 13,
      // a start, 2 updates, 2 signals, 3 tasks with markers, 3 upserts, 3 timers, an activity
      'expired-and-renewed': 15,
      forgotten: 13,
      'gateway-limits': 6,
      'household-joined': 12,
      'household-signed-out': 12,
      invalidated: 30,
      'keys-rolled-back': 66,
      'keys-rolled-out': 42,
      'logged-out': 13,
      moved: 12,
      'nobody-there': 8,
      'platform-signed-in': 23,
      'registration-lost': 21,
      resumed: 11,
      'roku-sold': 22,
      'room-closed': 4,
      'same-screen': 10,
      'second-screen': 4,
      'several-profiles': 23,
      // a start, 3 updates, a signal, 4 tasks with markers, 2 upserts, 2 timers
      'service-token-sso': 11,
      'signed-in': 13,
      // a start, 6 updates, 6 tasks with markers, 5 upserts, 5 timers
      'signed-in-by-apple': 23,
      'trial-ended': 11,
      'trials-in-a-row': 28,
      'trials-reset': 4,
      watched: 15,
    });
  });

  it('have all markers of a workflow task as one', () => {
    const history = historyOf(STARTED, marker(4), marker(4), marker(4), marker(9));
    assert.equal(billableActions(history), 1 + 2);
  });

  it('have a start with its first signal as one', () => {
    assert.equal(billableActions(historyOf(STARTED, SIGNALED, SCHEDULED)), 1);
    assert.equal(billableActions(historyOf(STARTED, SCHEDULED, SIGNALED)), 2);
    assert.equal(billableActions(historyOf(STARTED, SIGNALED, SIGNALED)), 2);
  });

  it('have a start by a schedule as three', () => {
    const searchAttributes = { indexedFields: { TemporalScheduledById: {} } };
    assert.equal(billableActions(historyOf([...STARTED, { searchAttributes }])), 3);
  });

  it('have no upsert for versions alone', () => {
    assert.equal(billableActions(historyOf(STARTED, upsert('TemporalChangeVersion'))), 1);
    const both = upsert('TemporalChangeVersion', 'DevicepassPhase');
    assert.equal(billableActions(historyOf(STARTED, both)), 2);
  });

  it('have each attempt of an activity, and each but the first of a local one', () => {
    const history = historyOf(
      STARTED,
      ['ACTIVITY_TASK_SCHEDULED'],
      ['ACTIVITY_TASK_STARTED', { attempt: 4 }],
    );
    assert.equal(billableActions(history), 1 + 4);
    const retried = (times: number): [string, object] => [
      'WORKFLOW_TASK_COMPLETED',
      { meteringMetadata: { nonfirstLocalActivityExecutionAttempts: times } },
    ];
    assert.equal(billableActions(historyOf(STARTED, retried(2))), 1 + 2);
    assert.equal(billableActions(historyOf(STARTED, retried(1_000))), 1 + 100);
  });

  it('have a new run by its start alone', () => {
    assert.equal(billableActions(historyOf(STARTED, ['WORKFLOW_EXECUTION_CONTINUED_AS_NEW'])), 1);
  });

  it('have nothing twice after a reset', () => {
    const cause = 'WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW';
    const history = historyOf(
      STARTED,
      marker(4),
      ['TIMER_STARTED'],
      ['WORKFLOW_TASK_FAILED', { cause }],
      ['TIMER_STARTED'],
    );
    assert.equal(billableActions(history), 2);
    assert.equal(billableActions(historyOf(STARTED, ['WORKFLOW_TASK_FAILED'])), 1);
  });

  it('have what leaves no event as well', () => {
    const unrecorded = { queries: 2, heartbeats: 30, rejectedUpdates: 1, taskHeartbeats: 4 };
    assert.equal(billableActions(historyOf(STARTED), unrecorded), 1 + 37);
  });
});
