import assert from 'node:assert/strict';
import { ended, keysOf, loadedKeys } from '../key-rollout/support.ts';
import { eventually } from '../support/stack.ts';
import { type KilledFarm, startKilledFarm } from './killed-farm.ts';

/** The moments of writing two files at which a process may die. */
const WRITING = ['prepared', 'journal', 'first', 'second', 'done'] as const;

describe('keys rolled out while processes are killed', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let stack: KilledFarm;
  beforeEach(async () => {
    stack = await startKilledFarm();
  });
  afterEach(async () => {
    await stack.stop();
    assert.deepEqual(stack.mixedPairs(), [], 'an instance read a mixed pair');
  });

  it('go on after an agent was killed after each step in turn', async () => {
    const [source, second, third] = stack.farm.instances;
    assert.ok(source && second && third);
    const last = ['readTokenHandler', 'switchEncapsulation', 'logInTestUser', 'checkLogins'];
    const writing = WRITING.map((step) => `writeKeys:${step}`);
    const deadly = [
      // No more than five at one step: the sixth try of a step is the last.
      ['examineHost', `readKeys:${second.id}`, `readKeys:${third.id}`, ...last],
      ['examineHost', 'backUpKeys', ...writing.slice(0, 3)],
      [...writing.slice(3), 'activateKeys:begun', 'activateKeys', ...last],
    ];
    const agents = await Promise.all(
      stack.farm.instances.map(async (instance, index) =>
        stack.addAgent(instance, deadly[index] ?? []),
      ),
    );
    await stack.addWorker();
    const { report, failure } = await ended(await stack.startRollout());
    assert.equal(failure, undefined, failure?.message);
    assert.deepEqual(
      agents.map((agent) => agent.deaths()),
      deadly.map((steps) => steps.length),
    );
    assert.equal(report?.outcome, 'done');
    assert.equal(report.proof.filter(({ honoured }) => honoured).length, 6);
    const [keys] = stack.before;
    assert.deepEqual(await keysOf(stack.farm), [keys, keys, keys]);
    assert.deepEqual(loadedKeys(stack.farm), [keys, keys, keys]);
  });

  it('go back although agents are killed after each step of that', async () => {
    const [, second, third] = stack.farm.instances;
    assert.ok(second && third);
    third.faults.set({ kind: 'refresh-keeps-keys-for-good' });
    // Each host can die once while its files are renamed: what is found afterwards is put right.
    const after = ['activateKeys:begun', 'activateKeys', 'examineHost', 'logInTestUser'];
    const deadly = [
      ['restoreTokenHandler', 'examineHost', 'logInTestUser'],
      [
        'restoreTokenHandler',
        'restoreKeys:prepared',
        'restoreKeys:journal',
        'restoreKeys:second',
      ].concat('restoreKeys', after),
      ['restoreTokenHandler', 'restoreKeys:first', 'restoreKeys', ...after],
    ];
    const agents = await Promise.all(
      stack.farm.instances.map(async (instance, index) =>
        stack.addAgent(instance, deadly[index] ?? []),
      ),
    );
    await stack.addWorker();
    const { failure } = await ended(await stack.startRollout());
    assert.equal(failure?.type, 'rolled_back', failure?.message);
    assert.deepEqual(
      agents.map((agent) => agent.deaths()),
      deadly.map((steps) => steps.length),
    );
    assert.deepEqual(await keysOf(stack.farm), stack.before);
    assert.deepEqual(loadedKeys(stack.farm), stack.before);
    for (const instance of stack.farm.instances) {
      assert.equal(instance.tokenHandler()['token.encapsulated'], false);
    }
  });

  it('go on after the worker was killed after each step in turn', async () => {
    const { farm } = stack;
    const deadly = new Set([
      'examineHost',
      'backUpKeys',
      `readKeys:${farm.instances[1]?.id ?? ''}`,
      'writeKeys:done',
      'activateKeys',
      'readTokenHandler',
      'switchEncapsulation',
      'logInTestUser',
      'checkLogins',
    ]);
    const worker = await stack.addWorker();
    await stack.runAgents((step) => {
      // It dies before it can hear that the step is done.
      if (deadly.delete(step)) worker.kill();
    });
    const { report, failure } = await ended(await stack.startRollout());
    assert.equal(failure, undefined, failure?.message);
    assert.equal(report?.outcome, 'done');
    assert.equal(deadly.size, 0);
    assert.equal(worker.deaths(), 9);
    const [keys] = stack.before;
    assert.deepEqual(await keysOf(farm), [keys, keys, keys]);
    assert.deepEqual(loadedKeys(farm), [keys, keys, keys]);
  });

  it('go back although the worker was killed after each step of that', async () => {
    const { farm } = stack;
    farm.instances[2]?.faults.set({ kind: 'write-damages' });
    const deadly = new Set([
      'restoreTokenHandler',
      'restoreKeys',
      'activateKeys',
      'examineHost',
      'logInTestUser',
    ]);
    let goesBack = false;
    const worker = await stack.addWorker();
    await stack.runAgents((step) => {
      goesBack ||= step === 'restoreTokenHandler';
      if (goesBack && deadly.delete(step)) worker.kill();
    });
    const { failure } = await ended(await stack.startRollout());
    assert.equal(failure?.type, 'rolled_back', failure?.message);
    assert.equal(worker.deaths(), 5);
    assert.deepEqual(await keysOf(farm), stack.before);
    assert.deepEqual(loadedKeys(farm), stack.before);
    for (const instance of farm.instances) {
      assert.equal(instance.tokenHandler()['token.encapsulated'], false);
      assert.equal(instance.tokenHandler()['inactivity.time'], 1_800_000);
    }
  });

  it('leave no mixed pair where an agent died between two files and stays away', async () => {
    const [, , third] = stack.farm.instances;
    assert.ok(third);
    const [first, second] = stack.farm.instances;
    assert.ok(first && second);
    await stack.addAgent(first);
    await stack.addAgent(second);
    const agent = await stack.addAgent(third, ['writeKeys:first']);
    await stack.addWorker();
    agent.abandon();
    const limits = {
      heartbeatTimeoutMs: 1_000,
      settleWithinMs: 10_000,
      pollMs: 20,
      agentWithinMs: 3_000,
      rollBackWithinMs: 3_000,
    };
    const { failure } = await ended(await stack.startRollout({ limits }));
    assert.equal(failure?.type, 'needs_attention');
    assert.match(failure.details.todo.join('; '), new RegExp(`backup .* on ${third.id}`));
    const [one, two] = await keysOf(stack.farm);
    assert.deepEqual([one, two], stack.before.slice(0, 2), 'the others are as before');

    await stack.addAgent(third);
    const [source, , own] = stack.before;
    await eventually(async () => {
      const now = (await keysOf(stack.farm))[2];
      return now === source || now === own;
    }, 'the agent ends what it had begun before it does anything else');
  });
});
