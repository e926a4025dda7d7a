import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type DeviceClient, DevicePassError } from '../../src/client.ts';
import { type Operation, signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually } from '../support/stack.ts';
import { report } from './polls.ts';
import { pending, startSystem, type System } from './system.ts';
import { holderOfWorkflow } from './who.ts';

/** The client's own limit, and what a busy machine adds. */
const ANSWERED_WITHIN_MS = 8_000 + 500;
/** Long enough to be killed in, short enough to be no time-out. */
const HELD_MS = 2_000;

describe('two workers, of which one crashes in the middle of a request', () => {
  let system: System;
  beforeEach(async function () {
    this.timeout(300_000);
    system = await startSystem({ workers: 2 });
  });
  afterEach(() => system.stop());

  it('answers the first `authenticate` of a device, and the repeat alike', async function () {
    this.timeout(60_000);
    const tv = system.tv();
    const requestId = randomUUID();
    const ask = async () => tv.authenticate({ mvpd: { id: 'NorthCable' }, requestId });
    await crashDuring('register', tv, ask);
    await endsWell(tv, pending(await ask()));
  });

  it('answers an `authenticate` that asks for a new code, and the repeat alike', async function () {
    this.timeout(60_000);
    const tv = system.tv();
    const mvpd = { id: 'NorthCable' };
    const before = pending(await tv.authenticate({ mvpd }));
    const requestId = randomUUID();
    const ask = async () => tv.authenticate({ mvpd, restart: true, requestId });
    await crashDuring('createSession', tv, ask);
    const after = pending(await ask());
    assert.notEqual(after.code, before.code);
    await endsWell(tv, after);
  });

  it('answers an `authorize`, and the repeat too', async function () {
    this.timeout(60_000);
    const tv = system.tv();
    await signIn(tv, pending(await tv.authenticate({ mvpd: { id: 'NorthCable' } })));
    const ask = async () => tv.authorize('REF30'); // has no request id: a media token is for one use
    await crashDuring('authorize', tv, ask);
    const play = await ask();
    assert.equal(play.status, 'permitted');
    assert.ok(play.mediaToken.value, 'a media token');
    assert.equal((await tv.view()).standing.status, 'signed-in');
  });

  /** Kills the worker while Adobe takes its time; the request ends in an answer or a typed error. */
  async function crashDuring(
    operation: Operation,
    tv: DeviceClient,
    ask: () => Promise<{ status: string }>,
  ): Promise<void> {
    const { sandbox } = system;
    const seen = sandbox.requests.length;
    sandbox.faults.set({ operation, kind: 'latency', ms: HELD_MS });
    const from = performance.now();
    const outcome = ask().then(
      ({ status }) => status,
      (error: unknown) => {
        assert.ok(error instanceof DevicePassError, String(error));
        return error.code;
      },
    );
    await eventually(
      () => sandbox.requests.slice(seen).some((request) => request.operation === operation),
      `${operation} reaches Adobe`,
    );
    const worker = await holderOfWorkflow(system, tv.workflowId);
    assert.ok(worker, 'somebody works for the device');
    await worker.kill();
    assert.ok(performance.now() - from < HELD_MS, 'killed before Adobe answered');
    const ended = await outcome;
    const ms = performance.now() - from;
    const asked = sandbox.requests.slice(seen).filter((request) => request.operation === operation);
    report(`SIGKILL during ${operation}`, { outcome: ended, ms, 'times asked': asked.length });
    assert.ok(ms <= ANSWERED_WITHIN_MS, 'answered too late');
    assert.ok(asked.length >= 2 || ended === 'no_answer', 'the crash hit the request');
  }

  /** The code that was answered is the one that counts: a login with it signs the device in. */
  async function endsWell(tv: DeviceClient, answer: { code: string; url: string }): Promise<void> {
    assert.equal(pending((await tv.view()).standing).code, answer.code);
    await signIn(tv, answer);
  }

  async function signIn(tv: DeviceClient, { url }: { url: string }): Promise<void> {
    await signInAsViewer(url);
    await eventually(
      async () => (await tv.view()).standing.status === 'signed-in',
      'the device learns of the login',
      15_000,
    );
  }
});
