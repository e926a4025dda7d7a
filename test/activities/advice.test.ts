import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../src/activities/failures.ts';
import { AdobePassError } from '../../src/adobe-pass/index.ts';
import type { FailureDetails } from '../../src/workflows/upstream-call.ts';

describe('the advice of a failure', () => {
  function told(code: string, more: Partial<AdobePassError> = {}) {
    const error = new AdobePassError({
      operation: 'register',
      code,
      action: 'none',
      retryable: false,
      ...more,
    });
    const failed = failure(error, [], Date.now() + 7_000, 'tv');
    assert.ok(failed instanceof ApplicationFailure);
    assert.equal(failed.type, code, 'the code stays');
    const [details] = failed.details as [FailureDetails];
    return { message: failed.message, details };
  }

  for (const [code, setting] of [
    ['invalid_software_statement', 'softwareStatement'],
    ['unapproved_software_statement', 'softwareStatement'],
    ['invalid_parameter_service_provider', 'serviceProvider'],
  ] as const) {
    it(`names app and setting when only the file of apps can mend it: ${code}`, () => {
      const { message, details } = told(code, { status: 400 });
      assert.equal(
        message,
        `Adobe Pass register: 400 ${code}: correct ${setting} of app tv in the file of apps (DEVICEPASS_APPS)`,
      );
      assert.equal(details.action, 'configuration');
    });
  }

  it("says that the limit is our own, not Adobe's, and when to try again [THR-02]", () => {
    const limit = { action: 'retry', retryable: true, retryAfterMs: 812 };
    const { message, details } = told('rate_limited', limit);
    assert.equal(
      message,
      "register was not sent: devicepass's own limit is one request a second for each viewer's " +
        'address, after 10 at once: try again in 812 ms',
    );
    assert.equal(details.retryAfterMs, 812);
    assert.equal(details.action, 'retry');
  });

  it('is left to Adobe otherwise', () => {
    const wrong = { status: 400, operation: 'profiles' } as const;
    const { message, details } = told('invalid_parameter_mvpd', wrong);
    assert.equal(message, 'Adobe Pass profiles: 400 invalid_parameter_mvpd');
    assert.equal(details.action, 'none');
  });
});
