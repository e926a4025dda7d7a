import assert from 'node:assert/strict';
import { sharedTemporal } from '../support/stack.ts';
import { Demo } from './process.ts';

describe('npm run demo of a platform that knows its viewer', function () {
  this.timeout(90_000);
  const demos: Demo[] = [];
  after(() => Promise.all(demos.map((demo) => demo.stop())));

  it('signs a second app in without a code, and both out at once, on Amazon and on Roku', async () => {
    const { temporal } = await sharedTemporal();
    const started = ['amazon', 'roku'].map(
      (flow) =>
        new Demo(['--once', '--json', '--flow', flow], { TEMPORAL_ADDRESS: temporal.address }),
    );
    demos.push(...started);
    for (const demo of started) {
      assert.equal(await demo.ends(), 0, demo.stderr);
      const { type, code } = JSON.parse(demo.stdout) as Record<string, unknown>;
      assert.deepEqual([type, code], ['platformSSO', 'authenticated_profile_missing']);
    }
  });
});
