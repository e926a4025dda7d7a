import assert from 'node:assert/strict';
import { Demo } from './process.ts';

describe('npm run demo -- --flow degraded', function () {
  this.timeout(90_000);
  let demo: Demo | undefined;
  afterEach(() => demo?.stop());

  it('lets in while the provider is down, asks for a code afterwards, and denies by a rule', async () => {
    demo = new Demo(['--flow', 'degraded', '--once', '--json']);
    assert.equal(await demo.ends(), 0, demo.stderr);
    assert.deepEqual(JSON.parse(demo.stdout), {
      phases: [
        'signed-out',
        'signed-in',
        'signed-out',
        'awaiting-login',
        'signed-in',
        'signed-out',
      ],
      decisions: [
        'degradation: permitted',
        'none: authenticated_profile_missing',
        'mvpd: authorization_denied_by_mvpd',
        'degradation: authorization_denied_by_degradation_rule',
        'mvpd: permitted',
      ],
    });
  });

  it('plays on the sandbox alone', async () => {
    demo = new Demo(['--flow', 'degraded'], { ADOBE_PASS_URL: 'http://127.0.0.1:9' });
    assert.equal(await demo.ends(), 1);
    const line = '--flow degraded plays on the sandbox alone: unset ADOBE_PASS_URL';
    assert.equal(demo.stderr, `devicepass: ${line}\n`);
  });
});
