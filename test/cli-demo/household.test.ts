import assert from 'node:assert/strict';
import { Demo } from './process.ts';

describe('npm run demo -- --flow household', function () {
  this.timeout(90_000);
  let demo: Demo | undefined;
  afterEach(() => demo?.stop());

  it('signs two TVs in with one login, and out with one word', async () => {
    demo = new Demo(['--flow', 'household', '--once', '--json']);
    assert.equal(await demo.ends(), 0, demo.stderr);
    const figures = JSON.parse(demo.stdout) as Record<string, number>;
    assert.deepEqual(Object.keys(figures), ['tvs', 'withoutCodeMs', 'signOutMs']);
    assert.equal(figures['tvs'], 2);
  });
});
