import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import type { DeviceClient } from '../../src/client.ts';
import { eventually, freshIp, type Stack, startStack } from '../support/stack.ts';
import { eventsOf, historyOf, newTv, showCode, untilStatus, watch } from './support.ts';

type Watching = ReturnType<typeof watch>;

const begunWatching = async (tv: DeviceClient) =>
  watch(tv, { authenticate: { mvpd: { id: 'NorthCable' } } });

type Event = Awaited<ReturnType<typeof historyOf>>[number];

/** Events of the present run, once its last workflow task and activity are over. */
async function settled(stack: Stack, tv: DeviceClient): Promise<string[]> {
  return eventually(async () => {
    const events = await eventsOf(stack, tv);
    const count = (name: string) => events.filter((event) => event === name).length;
    const open = ['WORKFLOW_TASK', 'ACTIVITY_TASK'].some(
      (task) => count(`${task}_SCHEDULED`) > count(`${task}_COMPLETED`),
    );
    return !open && events;
  }, 'no task is open');
}

describe('the history of a device', () => {
  let stack: Stack;
  before(async function () {
    this.timeout(300_000);
    stack = await startStack({ sandbox: { throttle: false } });
  });
  after(() => stack.stop());

  const ways: [most: number, how: string, begin: (tv: DeviceClient) => Promise<Watching>][] = [
    [44, 'begins with the request', begunWatching],
    [49, 'is begun after it', async (tv) => showCode(tv).then(() => watch(tv))],
  ];
  for (const [most, how, begin] of ways) {
    it(`of a whole lifecycle with one code and a watch that ${how} has ${most} events at most`, async () => {
      const { tv } = newTv(stack);
      const watching = await begin(tv);
      await eventually(() => watching.seen.length === 1, 'watching');
      const [first] = watching.seen;
      assert.ok(first?.status === 'pending' && first.url);
      await signInAsViewer(first.url);
      await tv.browserReturned();
      await eventually(() => watching.seen.at(-1)?.status === 'signed-in', 'told of the login');
      await tv.authorize('REF30');
      await tv.logout();
      await eventually(() => watching.seen.at(-1)?.status === 'signed-out', 'told of the logout');
      const events = await settled(stack, tv);
      assert.ok(events.length <= most, `${events.length} events: ${events.join(' ')}`);
      assert.equal(watching.seen.length, 3, 'each change once');
      await watching.stop();
    });
  }

  it('does not grow while a code waits', async () => {
    const { tv, sent } = newTv(stack);
    await showCode(tv);
    const before = await settled(stack, tv);
    await eventually(() => sent('profileByCode').length >= 3, 'three polls');
    assert.deepEqual(await settled(stack, tv), before);
  });

  it('has nothing at the server that waits, however often codes are abandoned', async () => {
    const { tv, options } = newTv(stack);
    const pending = async () =>
      (await stack.client.workflow.getHandle(tv.workflowId).describe()).raw.pendingActivities ?? [];
    for (let round = 0; round < 10; round += 1) {
      const other = newTv(stack, { id: options.id, ip: freshIp() });
      await showCode(other.tv);
      assert.deepEqual(await pending(), []);
      await other.tv.abandon();
      assert.deepEqual(await pending(), []);
    }
    const { code } = await showCode(newTv(stack, { id: options.id }).tv);
    await eventually(
      () => stack.sandbox.requests.some(({ path }) => path.endsWith(`/profiles/code/${code}`)),
      'the last code is polled for',
    );
  });
});

describe('the history of a device whose codes run out', () => {
  const rules = ['present', 'always'] as const;

  it('has 11 events more for each where somebody is there, 7 with the rule always', async function () {
    this.timeout(60_000);
    await Promise.all(
      rules.map(async (rule) => {
        const stack = await startStack({
          sandbox: { codeLifeMs: 5_000, throttle: false },
          config: { pollIntervalMs: 2_000, automaticSessions: { rule, limit: 3 } },
        });
        try {
          await growth(stack, rule === 'present');
        } finally {
          await stack.stop();
        }
      }),
    );
  });

  async function growth(stack: Stack, watched: boolean): Promise<void> {
    const { tv } = newTv(stack);
    await showCode(tv);
    const watching = watched ? watch(tv) : undefined;
    const { automaticSessions } = await untilStatus(tv, 'signed-out', 40_000);
    assert.equal(automaticSessions, 3);
    const events = await historyOf(stack, tv);
    const codes = events.flatMap(
      ({ upsertWorkflowSearchAttributesEventAttributes: upsert }, index) =>
        upsert?.searchAttributes?.indexedFields?.['DevicepassCode'] ? [index] : [],
    );
    // From the second code on: during the first the watcher signs on.
    const each = codes
      .slice(2, 4)
      .map((code, index) => events.slice(codes[index + 1], code))
      .map((round) => round.length - (isSignLate(round) ? 2 : 0));
    assert.equal(each.length, 2);
    const all = (await eventsOf(stack, tv)).join(' ');
    assert.ok(Math.max(...each) <= (watched ? 11 : 7), `${each.join(' and ')} events: ${all}`);
    await watching?.stop();
  }

  /** A busy machine may say only after a code's end that somebody is there: a timer waits for that. */
  function isSignLate(round: Event[]): boolean {
    const sign = round.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
    const end = round.findIndex((event) => event.timerFiredEventAttributes);
    return sign > end;
  }
});
