import { Worker } from '@temporalio/worker';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import assert from 'node:assert/strict';
import type { HistoryJson } from '../../scripts/histories/clean.ts';
import { sharedTemporal } from '../support/stack.ts';
import { at, historyOf } from './support.ts';

interface Payload {
  data: string;
}

/** A gateway is rolled out before its workers, or the other way round: then histories look like these. */
describe('a request that an older worker answered its own way replays', () => {
  const replays = async (history: HistoryJson) => {
    const { bundle } = await sharedTemporal();
    const options = { workflowBundle: bundle, replayName: 'older-worker' };
    await Worker.runReplayHistory(options, historyFromJSON(history), 'older-worker');
  };

  it('of a household', async () => {
    const household = { id: 'A'.repeat(43), proof: 'a.b.c.d.e' };
    await replays(withRequest('signed-in', 'authorize', 0, { household }));
    await replays(withRequest('logged-out', 'logout', 0, { household }));
  });

  it('with single sign-on while a code waits', async () => {
    const singleSignOn = true;
    for (const which of [1, 5]) {
      await replays(withRequest('concurrent-updates', 'authenticate', which, { singleSignOn }));
    }
  });

  it('for a trial', async () => {
    await replays(withRequest('signed-in', 'authenticate', 0, { mvpd: undefined, trial: true }));
  });

  it('about a profile that was invalidated', async () => {
    const error = { code: 'authenticated_profile_invalidated', action: 'none', message: 'gone' };
    const history = historyOf('signed-in');
    let changed = 0;
    for (const event of history.events) {
      const payload = payloadAt(event, 'markerRecordedEventAttributes', 'details', 'result');
      const result = payload && valueOf(payload);
      const [decision] = Array.isArray(result?.['value']) ? (result['value'] as object[]) : [];
      if (!payload || !decision || !('authorized' in decision)) continue;
      Object.assign(decision, { authorized: false, error });
      setValue(payload, result);
      changed += 1;
    }
    assert.equal(changed, 1, 'the one preauthorize');
    await replays(history);
  });
});

/** A recorded history in which the request of one update has more fields. */
function withRequest(scenario: string, name: string, which: number, fields: object): HistoryJson {
  const history = historyOf(scenario);
  const inputs = history.events.flatMap((event) => {
    const path = ['workflowExecutionUpdateAcceptedEventAttributes', 'acceptedRequest', 'input'];
    const input = at(event, ...path);
    return at(input, 'name') === name ? [input] : [];
  });
  const payload = payloadAt(inputs[which], 'args');
  assert.ok(payload, `${scenario} has no ${name} ${which}`);
  setValue(payload, { ...valueOf(payload), ...fields });
  return history;
}

function payloadAt(value: unknown, ...path: string[]): Payload | undefined {
  return at(value, ...path, 'payloads', '0') as Payload | undefined;
}

function valueOf({ data }: Payload): Record<string, unknown> {
  return JSON.parse(Buffer.from(data, 'base64').toString()) as Record<string, unknown>;
}

function setValue(payload: Payload, value: unknown): void {
  payload.data = Buffer.from(JSON.stringify(value)).toString('base64');
}
