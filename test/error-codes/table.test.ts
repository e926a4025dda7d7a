import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { failure } from '../../src/activities/failures.ts';
import { failureOf, parseEnhancedError } from '../../src/adobe-pass/error-body.ts';
import { AdobePassError, isRetryable } from '../../src/adobe-pass/index.ts';
import type { Operation } from '../../src/adobe-pass/operation.ts';
import { toDevicePassError } from '../../src/client/errors.ts';
import { DevicePassError } from '../../src/client.ts';
import {
  codesThatEnd,
  dcrCodes,
  outcomeAt,
  type Place,
  type Told,
  v2Codes,
} from '../../src/error-codes/index.ts';
import { dcrErrors, errorCodes } from '../../src/sandbox/error-codes.ts';
import { enhancedError } from '../../src/sandbox/errors.ts';
import { problemFor } from './gateway.ts';

const OPERATIONS: Partial<Record<Place, Operation>> = { trial: 'profileByMvpd' };
const operationAt = (place: Place) => OPERATIONS[place] ?? (place as Operation);
const isItem = (place: Place) => place.endsWith(' item');

/** What the client throws where nothing is done about it before. */
function thrown(operation: Operation, status: number, body: object): DevicePassError {
  const error = failureOf(operation, { status, text: JSON.stringify(body) });
  const failed = failure(error, [], Date.now() + 7_000, 'demo');
  assert.ok(failed instanceof ApplicationFailure);
  const told = toDevicePassError(failed);
  assert.ok(told instanceof DevicePassError);
  return told;
}

/** Whether an error of this kind is thrown to apps as it is, and what the gateway makes of it. */
async function check(place: Place, told: Told & { code: string }, body: object): Promise<void> {
  const expected = outcomeAt(place, told);
  const error = thrown(operationAt(place), told.status, body);
  assert.deepEqual([error.code, error.status], [told.code, told.status], place);
  assert.equal(error.retryable, told.action === 'retry', place);
  if (expected.answer !== 'throws' || place === 'trial' || expected.leadsTo !== 'as before') return;
  assert.equal(error.action, expected.action, place);
  const problem = await problemFor(error);
  assert.deepEqual(
    [problem['status'], problem['code'], problem['action']],
    [expected.gateway, told.code, expected.action],
    place,
  );
}

describe('the table of error codes', () => {
  it('has the 47 codes of REST API V2 with what Adobe says of each', () => {
    assert.deepEqual(
      Object.fromEntries(v2Codes.map(({ code, status, action }) => [code, [status, action]])),
      Object.fromEntries(
        [...errorCodes].map(([code, [status, action]]) => [code, [status, action]]),
      ),
    );
    assert.equal(v2Codes.length, 47);
  });

  it('has the 8 of registration, four a page', () => {
    const at = (place: Place) => dcrCodes.filter(({ places }) => places.includes(place));
    assert.deepEqual([at('register').length, at('token').length], [4, 4]);
    assert.deepEqual(new Set(dcrCodes.map(({ code }) => code)), dcrErrors);
  });

  for (const known of v2Codes) {
    it(`reads ${known.code} as it stands, at the top and in an item [ERR-01] [EEC-02]`, async () => {
      assert.ok(known.places.length > 0 && new Set(known.places).size === known.places.length);
      const body = enhancedError(known.code);
      for (const place of known.places) {
        if (!isItem(place)) await check(place, known, body);
      }
      const item = parseEnhancedError(body, 200, 'none');
      assert.ok(item);
      assert.deepEqual([item.code, item.action], [known.code, known.action]);
      assert.equal(isRetryable(item), known.action === 'retry');
    });
  }

  for (const known of dcrCodes) {
    const [place = 'register'] = known.places;
    it(`reads ${known.code} of ${place}, which no app can mend [EEC-01]`, async () => {
      const body = { error: known.code };
      const error = failureOf(operationAt(place), { status: 400, text: JSON.stringify(body) });
      assert.ok(error instanceof AdobePassError);
      assert.deepEqual([error.code, error.action], [known.code, known.action]);
      if (known.action === 'none') await check(place, known, body);
      // Even where registering anew does not help.
      const { status } = await problemFor(thrown(operationAt(place), 400, body));
      assert.equal(status, 502);
    });
  }

  const strange: [what: string, body: object, code: string, action: string][] = [
    ['an unknown code', { code: 'novel', action: 'none' }, 'novel', 'none'],
    ['an unknown code to be tried again', { code: 'novel', action: 'retry' }, 'novel', 'retry'],
    ['an unknown action', { code: 'novel', action: 'novel-action' }, 'novel', 'novel-action'],
    ['a missing action', { code: 'invalid_integration' }, 'invalid_integration', 'none'],
    ['a code and an action that are numbers', { code: 7, action: 5 }, '7', '5'],
    ['an action that is a list', { code: 'novel', action: ['retry'] }, 'novel', 'none'],
    ['a code that is an object', { code: {}, action: 'none' }, 'bad_request', 'none'],
    ['a status that is a text', { code: 'novel', action: 'none', status: 'x' }, 'novel', 'none'],
    ['words that are an object', { code: 'novel', message: { a: 1 } }, 'novel', 'none'],
  ];
  for (const [what, body, code, action] of strange) {
    it(`treats ${what} by its action, and one that nobody knows as none [EEC-06]`, async () => {
      const told = { code, action, status: 400 };
      for (const place of ['createSession', 'preauthorize'] as const)
        await check(place, told, body);
    });
  }

  it('names what ends a thing, which no action says', () => {
    assert.equal(codesThatEnd('profile').length, 3);
    for (const code of [...codesThatEnd('trial'), ...codesThatEnd('titles')]) {
      assert.match(code, /^temporary_access_(duration|resources)_limit_exceeded$/);
    }
    assert.deepEqual([...codesThatEnd('code')].sort(), [
      'authentication_session_invalidated',
      'invalid_authentication_session',
      'invalid_parameter_code',
    ]);
  });
});
