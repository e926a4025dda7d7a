import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { open, ofDevice } from '../../src/sealing/index.ts';
import { type Bench, type Registered, startBench, waitingDevice, DEVICE } from './support.ts';

describe('decisions', () => {
  let bench: Bench;
  let device: Registered;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
    const { url } = await waitingDevice(bench, device);
    await signInAsViewer(url);
  });

  /** The resource lists that reached Adobe, in order. */
  const sent = (operation: string) =>
    bench.sandbox.requests
      .filter((request) => request.operation === operation)
      .map(({ body }) => (body as { resources: string[] }).resources);
  const preauthorize = async (resources: string[], deadline = Date.now() + 7_000) => {
    const asker = { ...device, deadline };
    const { adobe, run } = bench;
    return (await run(() => adobe.preauthorize(asker, 'NorthCable', resources))).value;
  };
  const authorize = async (resource: string) => {
    const { adobe, run } = bench;
    return (await run(() => adobe.authorize(device, 'NorthCable', resource))).value;
  };
  const channels = (count: number) => Array.from({ length: count }, (_, i) => `channel-${i}`);

  it('are asked for five resources at a time, and given in the order asked [S2S-28]', async () => {
    const resources = channels(12);
    const answers = await preauthorize(resources);
    assert.deepEqual(
      sent('preauthorize').map(({ length }) => length),
      [5, 5, 2],
    );
    assert.deepEqual(sent('preauthorize').flat(), resources);
    assert.deepEqual(
      answers.map(({ resource }) => resource),
      resources,
    );
    assert.ok(answers.every(({ authorized, source }) => authorized && source === 'mvpd'));
  });

  it('pass denials on with their error, item by item [S2S-27] [PRE-06] [EEC-02]', async () => {
    const [yes, no] = await preauthorize(['news', 'premium-movies']);
    assert.deepEqual(yes, { resource: 'news', authorized: true, source: 'mvpd' });
    assert.equal(no?.authorized, false);
    const { code, action, message, details, trace } = no.error ?? {};
    assert.equal(code, 'preauthorization_denied_by_mvpd');
    assert.equal(action, 'none');
    assert.ok(message && details && trace);
    assert.equal(sent('preauthorize').length, 1, 'a denial is not asked again [ERR-02]');
  });

  it('send only the items again that say retry [EEC-05] [PRE-03]', async () => {
    const answers = await preauthorize(['one', 'flaky-two', 'premium-three', 'flaky-four']);
    assert.deepEqual(sent('preauthorize'), [
      ['one', 'flaky-two', 'premium-three', 'flaky-four'],
      ['flaky-two', 'flaky-four'],
    ]);
    assert.deepEqual(
      answers.map(({ authorized }) => authorized),
      [true, true, false, true],
    );
    assert.deepEqual(
      answers.map(({ resource }) => resource),
      ['one', 'flaky-two', 'premium-three', 'flaky-four'],
    );
  });

  /** Every answer to these resources says retry, for ever. */
  const alwaysRetry = (operation: 'preauthorize' | 'authorize', resource: string) => {
    const error = { action: 'retry', status: 403, code: 'network_received_error', message: 'x' };
    const decisions = [{ resource, source: 'mvpd', authorized: false, error }];
    const body = JSON.stringify({ decisions });
    bench.sandbox.faults.set({ operation, kind: 'body', body, times: 50 });
  };

  it('are asked three times at most, then the last answer stands [PRE-04] [EEC-04]', async () => {
    alwaysRetry('preauthorize', 'one');
    const [answer] = await preauthorize(['one']);
    assert.deepEqual(sent('preauthorize'), [['one'], ['one'], ['one']]);
    assert.equal(answer?.error?.code, 'network_received_error');
  });

  it('before a play are asked three times at most too [AZ-06] [ERR-02]', async () => {
    alwaysRetry('authorize', 'one');
    const answer = await authorize('one');
    assert.equal(sent('authorize').length, 3);
    assert.equal(answer.status, 'denied');
    assert.equal(answer.action, 'retry');
  });

  it('stop being asked when the time is over', async () => {
    alwaysRetry('preauthorize', 'one');
    const [answer] = await preauthorize(['one'], Date.now() + 350);
    assert.ok(sent('preauthorize').length < 3);
    assert.equal(answer?.error?.action, 'retry');
  });

  it('send no further chunk once the time is over', async () => {
    bench.sandbox.faults.set({ operation: 'preauthorize', kind: 'latency', ms: 250, times: 9 });
    const answers = await preauthorize(channels(40), Date.now() + 600);
    assert.equal(answers.length, 40);
    assert.ok(answers[0]?.authorized, 'what was decided stands');
    assert.equal(answers.at(-1)?.error?.action, 'retry', 'the rest is no denial');
    assert.ok(sent('preauthorize').length <= 3);
  });

  it('bring a sealed media token with a permit, a new one each time [AZ-01] [TOK-01]', async () => {
    const tokens = [];
    for (let i = 0; i < 2; i += 1) {
      const answer = await authorize('REF30');
      assert.equal(answer.status, 'permitted');
      assert.equal(answer.mvpd, 'NorthCable');
      const token = await open(
        bench.keys,
        answer.mediaToken,
        ofDevice('media-token', DEVICE, 'REF30'),
      );
      assert.ok(bench.sandbox.secrets().includes(token.value));
      assert.ok(!JSON.stringify(answer).includes(token.value));
      tokens.push(token.value);
    }
    assert.notEqual(tokens[0], tokens[1]);
    assert.deepEqual(sent('authorize'), [['REF30'], ['REF30']], 'one resource a call [S2S-29]');
  });

  it('before a play are an answer also when they deny [AZ-05] [AZ-08]', async () => {
    const answer = await authorize('premium-movies');
    assert.equal(answer.status, 'denied');
    const { code, action, message, details, trace } = answer;
    assert.equal(code, 'authorization_denied_by_mvpd');
    assert.equal(action, 'none');
    assert.match(details ?? '', /does not include this channel/);
    assert.ok(message && trace);
  });

  it('that are missing from the answer are denied', async () => {
    const body = JSON.stringify({ decisions: [] });
    bench.sandbox.faults.set({ operation: 'authorize', kind: 'body', body });
    const answer = await authorize('one');
    assert.equal(answer.status, 'denied');
    assert.equal(answer.code, 'no_decision');
  });

  it('are a permit by their token alone, whatever its times are', async () => {
    const token = { serializedToken: 'opaque', notBefore: null };
    const body = JSON.stringify({ decisions: [{ resource: 'ONE ', authorized: true, token }] });
    bench.sandbox.faults.set({ operation: 'authorize', kind: 'body', body });
    const answer = await authorize('one');
    assert.equal(answer.status, 'permitted');
    const purpose = ofDevice('media-token', DEVICE, 'one');
    const { value, notAfter } = await open(bench.keys, answer.mediaToken, purpose);
    assert.equal(value, 'opaque');
    assert.ok(notAfter > Date.now());
  });

  it('are a denial without a reason too', async () => {
    for (const operation of ['authorize', 'preauthorize'] as const) {
      const body = JSON.stringify({ decisions: [{ resource: 'one', authorized: false }] });
      bench.sandbox.faults.set({ operation, kind: 'body', body });
    }
    const answer = await authorize('one');
    assert.equal(answer.status, 'denied');
    assert.deepEqual([answer.code, answer.action], ['authorization_denied', 'none']);
    const [item] = await preauthorize(['one']);
    assert.equal(item?.error?.code, 'preauthorization_denied');
  });

  it('have words for the viewer where Adobe has none', async () => {
    for (const error of ['denied_code', { code: 'denied_code', action: 'none', message: '' }]) {
      for (const operation of ['authorize', 'preauthorize'] as const) {
        const body = JSON.stringify({ decisions: [{ resource: 'one', authorized: false, error }] });
        bench.sandbox.faults.set({ operation, kind: 'body', body });
      }
      const answer = await authorize('one');
      assert.equal(answer.status, 'denied');
      assert.deepEqual([answer.code, Boolean(answer.message)], ['denied_code', true]);
      const [item] = await preauthorize(['one']);
      assert.deepEqual([item?.error?.code, Boolean(item?.error?.message)], ['denied_code', true]);
    }
  });

  it('are one for each resource, in the order asked, and no denial where Adobe says nothing [RES-01]', async () => {
    const cdata = '<rss><channel><title><![CDATA[A]]></title></channel></rss>';
    const decisions = [{ resource: 'E', authorized: true }, 7];
    const body = JSON.stringify({ decisions });
    bench.sandbox.faults.set({ operation: 'preauthorize', kind: 'body', body });
    const answers = await preauthorize(['left-out', 'e', cdata, 'e ']);
    assert.deepEqual(
      answers.map(({ resource, authorized, error }) => [resource, authorized, error?.code]),
      [
        ['left-out', false, 'no_decision'],
        ['e', true, undefined],
        [cdata, false, 'no_decision'],
        ['e ', true, undefined],
      ],
    );
    assert.deepEqual(sent('preauthorize'), [['left-out', 'e', 'e ']]);
  });

  it('name a resource as it was asked, blanks in the answer or not', async () => {
    const [answer] = await preauthorize(['trailing-blank']);
    assert.equal(answer?.resource, 'trailing-blank');
  });
});
