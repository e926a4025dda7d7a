import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { temppassResetActivities } from '../../src/activities/temppass-reset.ts';
import { type AdobeManagement, ManagementError } from '../../src/adobe-management/index.ts';
import { KeyRing, ofManagement, open, seal } from '../../src/sealing/index.ts';

const APP = {
  softwareStatement: 'a.b.c',
  serviceProvider: 'REF30',
  domainName: 'example.com',
  redirectUrl: 'https://example.com/done',
};
const CREDENTIALS = { clientId: 'id', clientSecret: 'secret' };

describe('a reset of trials by a workflow', () => {
  const keys = KeyRing.generate();
  const activitiesOf = (resetTempPass: AdobeManagement['resetTempPass']) =>
    temppassResetActivities({
      management: { resetTempPass, resetUrl: () => new URL('https://a.example'), close() {} },
      keys,
      app: () => APP,
    });

  it('uses the credentials of before, and has none where their key is gone', async () => {
    const known: unknown[] = [];
    const activities = activitiesOf(async (reset, before) => {
      known.push(before);
      assert.deepEqual([reset.requestorId, reset.of], ['REF30', 'all-devices']);
      return CREDENTIALS;
    });
    const binding = ofManagement('REF30');
    const request = { app: 'demo', mvpd: 'TempPass' };
    const { credentials } = await activities.resetTempPass(request);
    assert.deepEqual(await open(keys, credentials, binding), CREDENTIALS);
    await activities.resetTempPass(request, credentials);
    await activities.resetTempPass(request, await seal(KeyRing.generate(), CREDENTIALS, binding));
    await activities.resetTempPass(request, await seal(keys, CREDENTIALS, ofManagement('CITYTV')));
    assert.deepEqual(known, [undefined, CREDENTIALS, undefined, undefined]);
  });

  it('is tried again where that may help, and not where somebody has to mend it', async () => {
    for (const retryable of [true, false]) {
      const activities = activitiesOf(async () => {
        throw new ManagementError('some_code', 'what happened', { status: 503, retryable });
      });
      await assert.rejects(
        activities.resetTempPass({ app: 'demo', mvpd: 'TempPass' }),
        (error: unknown) => {
          assert.ok(error instanceof ApplicationFailure);
          assert.deepEqual([error.type, error.nonRetryable], ['some_code', !retryable]);
          return true;
        },
      );
    }
  });
});
