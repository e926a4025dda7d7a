import assert from 'node:assert/strict';
import { freePort, startTemporal } from '../../src/cli/temporal-server.ts';
import { eventually, sharedTemporal } from '../support/stack.ts';
import { Demo } from './process.ts';

describe('npm run demo', function () {
  this.timeout(90_000);
  let demo: Demo | undefined;
  afterEach(() => demo?.stop());

  it('goes once from a cold start to a logout, and prints one line of figures', async () => {
    demo = new Demo(['--once', '--json']);
    assert.equal(await demo.ends(), 0, demo.stderr);
    const figures = JSON.parse(demo.stdout) as Record<string, unknown>;
    assert.deepEqual(Object.keys(figures), [
      'phases',
      'codeIssuedMs',
      'signInToKnownMs',
      'authorizeMs',
      'historyEvents',
    ]);
    assert.deepEqual(figures['phases'], [
      'signed-out',
      'awaiting-login',
      'signed-in',
      'signed-out',
    ]);
    assert.ok(Number(figures['historyEvents']) <= 70, demo.stdout);
  });

  it('tells of trials in a row, and of a sign-in after them', async () => {
    demo = new Demo(['--flow', 'temppass', '--once', '--json']);
    assert.equal(await demo.ends(), 0, demo.stderr);
    const figures = JSON.parse(demo.stdout) as Record<string, unknown>;
    assert.deepEqual(figures['trials'], ['TempPass_Preview', 'TempPass_Daily']);
    assert.ok(Array.isArray(figures['phases']) && figures['phases'].includes('signed-in'));
  });

  for (const [what, args, env, line] of [
    [
      'a viewer who can not sign in',
      ['--username', 'denied'],
      {},
      /did not come back .*: check --username and --password$/m,
    ],
    ['no password', ['--password', ''], {}, /check --username and --password$/m],
    [
      'a provider that nobody offers',
      ['--mvpd', 'Nobody'],
      {},
      /--mvpd is Nobody, which is not offered: use one of NorthCable, SkyDish, /,
    ],
    ['a viewer without the channel', ['--username', 'nosub'], {}, /REF30 may not be played/],
    ['an address of another machine', ['--host', '192.0.2.1'], {}, /--host is 192.0.2.1: give/],
    [
      'no Adobe Pass',
      [],
      { ADOBE_PASS_URL: 'http://127.0.0.1:9' },
      /Adobe Pass at http:\/\/127.0.0.1:9 can't be reached: check ADOBE_PASS_URL/,
    ],
    [
      'no Temporal',
      [],
      { TEMPORAL_ADDRESS: '127.0.0.1:9' },
      /Temporal at 127.0.0.1:9 can't be reached: start it, or set TEMPORAL_ADDRESS/,
    ],
  ] as const) {
    it(`ends with one clear line for ${what}`, async () => {
      demo = new Demo(['--once', ...args], env);
      assert.equal(await demo.ends(), 1);
      assert.match(demo.stderr, /^devicepass: the demo did not work: [^\n]*\n$/);
      assert.match(demo.stderr, line);
      // Where nobody was reached, or the server ends with the demo, its address is of no use.
      assert.doesNotMatch(demo.stdout, /Temporal is at 127.0.0.1:9\b|operators look here/);
    });
  }

  it('ends with one clear line when Temporal goes away in the middle', async () => {
    const server = await startTemporal({ port: await freePort() });
    try {
      demo = new Demo(['--once'], { TEMPORAL_ADDRESS: server.address });
      await demo.prints(/registers at the gateway/);
      await (server.kill ?? server.stop)();
      assert.equal(await demo.ends(), 1);
      const line = `the demo did not work: Temporal at ${server.address} went away: start the demo again`;
      assert.equal(demo.stderr, `devicepass: ${line}\n`);
    } finally {
      await server.stop();
    }
  });

  it('refuses figures of a story that waits for a person', async () => {
    demo = new Demo(['--json']);
    assert.equal(await demo.ends(), 1);
    assert.match(demo.stderr, /^devicepass: --json is for --once: give both, or neither\n$/);
  });

  it('tells how an Apple TV is signed in by the system, twice, and nobody sees a code [ATN-19]', async () => {
    demo = new Demo(['--flow', 'apple', '--once', '--json']);
    assert.equal(await demo.ends(), 0, demo.stderr);
    const { phases, codes } = JSON.parse(demo.stdout) as { phases: string[]; codes: number };
    assert.equal(codes, 0);
    const twice = ['signed-out', 'signed-in', 'signed-out', 'signed-in', 'signed-out'];
    assert.deepEqual(phases, twice);
  });

  it('refuses a flow that nobody has written, naming those that there are', async () => {
    demo = new Demo(['--flow', 'nonsense']);
    assert.equal(await demo.ends(), 1);
    assert.match(
      demo.stderr,
      /^devicepass: --flow is nonsense, which is no flow: use one of basic\b[\w, ]*\n$/,
    );
  });

  for (const moment of [/starting Temporal/, /waits for you/]) {
    it(`tidies up after Ctrl+C when it has printed ${moment.source}`, async () => {
      demo = new Demo([]);
      await demo.prints(moment);
      demo.interrupt();
      assert.equal(await demo.ends(), 1);
      assert.match(demo.stderr, /^devicepass: the demo did not work: stopped before the end\n$/);
    });
  }

  for (const moment of [/starting Temporal/, /waits for you/]) {
    it(`ends well by Ctrl+C for an app of one's own when it has printed ${moment.source}`, async () => {
      demo = new Demo(['--statement']);
      await demo.prints(moment);
      demo.interrupt();
      assert.equal(await demo.ends(), 0);
      assert.equal(demo.stderr, '');
    });
  }

  it('tells the story at an IPv6 address', async () => {
    demo = new Demo(['--once', '--host', '::1']);
    assert.equal(await demo.ends(), 0, demo.stderr);
    assert.match(demo.stdout, /http:\/\/\[::1\]:\d+\/activate\?user_code=/);
  });

  it('tells the story to people, and leaves nothing on a server that was there before', async () => {
    const { temporal, client } = await sharedTemporal();
    demo = new Demo(['--once', '--mvpd', 'RiverFiber', '--statement'], {
      TEMPORAL_ADDRESS: temporal.address,
    });
    assert.equal(await demo.ends(), 0, demo.stderr);
    assert.match(demo.stdout, /Temporal is at [\w.:]+\n/);
    assert.match(demo.stdout, /│ {4}([A-Z0-9] ){6}[A-Z0-9] {4}│/);
    assert.match(demo.stdout, /of yours registers with this software statement:\n +eyJ[\w.-]+\n/);
    assert.match(demo.stdout, /\(it says: devicepass Demo TV\)/);
    assert.match(demo.stdout, /viewer +signed in at the provider/);
    assert.match(demo.stdout, /TV +signed in with RiverFiber/);
    assert.match(demo.stdout, /TV +shows what there is .*8 titles/);
    const playable = [...demo.stdout.matchAll(/^ +yes {2}(.+)$/gm)].map(([, title]) => title);
    const [, played = ''] = /TV +may play (.+) \(/.exec(demo.stdout) ?? [];
    assert.ok(playable.includes(played), `${played} of ${playable.join()}`);
    assert.match(demo.stdout, /backend +has the media token verified \(\d+ ms: valid\)/);
    assert.match(demo.stdout, /\nIt worked: a code, .* in \d+ history events\.\n$/);
    await eventually(async () => {
      const statuses: string[] = [];
      const query = 'TaskQueue STARTS_WITH "devicepass-demo-"';
      for await (const { workflowId, status } of client.workflow.list({ query })) {
        statuses.push(`${workflowId.replace(/:.*/, '')} ${status.name}`);
      }
      const all = ['application', 'application', 'device', 'gateway-limits', 'waiting-room'];
      return statuses.toSorted().join() === all.map((one) => `${one} TERMINATED`).join();
    }, 'the TV, both of its apps and the limits have ended');
  });
});
