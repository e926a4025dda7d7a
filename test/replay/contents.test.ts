import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { readable, RECORDER } from '../../scripts/histories/clean.ts';
import { at, eventsOf, historyFiles, historyOf, readHistory, scenarioOf } from './support.ts';

type History = ReturnType<typeof readHistory>;

/** The names of the updates that were taken in, and where. */
function accepted(history: History): { name: unknown; at: number }[] {
  return eventsOf(history, 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED').map((event) => ({
    name: at(event, 'acceptedRequest', 'input', 'name'),
    at: event.at,
  }));
}

function names(history: History): unknown[] {
  return accepted(history).map(({ name }) => name);
}

/** The answers of updates, as text; `failure` for one that failed. */
function answers(history: History): string[] {
  return eventsOf(history, 'WORKFLOW_EXECUTION_UPDATE_COMPLETED').map((event) => {
    const data = at(event, 'outcome', 'success', 'payloads', '0', 'data');
    return typeof data === 'string' ? Buffer.from(data, 'base64').toString() : 'failure';
  });
}

function signals(history: History): unknown[] {
  return eventsOf(history, 'WORKFLOW_EXECUTION_SIGNALED').map(({ signalName }) => signalName);
}

function scheduled(history: History): unknown[] {
  return eventsOf(history, 'ACTIVITY_TASK_SCHEDULED').map((event) =>
    at(event, 'activityType', 'name'),
  );
}

/** The local activities that were done, in order. */
function localActivities(history: History): unknown[] {
  return markers(history, 'core_local_activity').map((event) => {
    const data = at(event, 'details', 'data', 'payloads', '0', 'data');
    return at(JSON.parse(Buffer.from(String(data), 'base64').toString()), 'activity_type');
  });
}

function markers(history: History, kind: string) {
  return eventsOf(history, 'MARKER_RECORDED').filter(({ markerName }) => markerName === kind);
}

/** What the code did otherwise than before, by the names of `patched`. */
function patches(history: History): unknown[] {
  return markers(history, 'core_patch').map((event) => {
    const data = at(event, 'details', 'patch-data', 'payloads', '0', 'data');
    return at(JSON.parse(Buffer.from(String(data), 'base64').toString()), 'id');
  });
}

/** What Adobe was asked by local activities, in order. */
function asked(history: History): unknown[] {
  return markers(history, 'core_local_activity').flatMap((event) => {
    const data = at(event, 'details', 'result', 'payloads', '0', 'data');
    const result: unknown = JSON.parse(Buffer.from(String(data), 'base64').toString());
    const news = Object(result).news as { calls?: { operation: string }[] }[] | undefined;
    return (news ?? []).flatMap(({ calls = [] }) => calls.map(({ operation }) => operation));
  });
}

/** The phases that operators saw, in order. */
function phases(history: History): unknown[] {
  return eventsOf(history, 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES').flatMap((event) => {
    const data = at(event, 'searchAttributes', 'indexedFields', 'DevicepassPhase', 'data');
    return typeof data === 'string' ? [JSON.parse(Buffer.from(data, 'base64').toString())] : [];
  });
}

/** What each history is there for. One that no longer holds it protects nothing. */
const contents: Record<string, (history: History) => void> = {
  'signed-in'(history) {
    assert.deepEqual(names(history), ['authenticate', 'preauthorize', 'authorize']);
    assert.deepEqual(signals(history), ['waitOver'], 'the poll found the profile');
    assert.ok(localActivities(history).includes('takeLogin'));
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'existing-profile'(history) {
    assert.deepEqual(names(history), ['authenticate', 'abandon', 'authenticate']);
    assert.equal(asked(history).filter((name) => name === 'profileByMvpd').length, 2);
    assert.equal(asked(history).filter((name) => name === 'createSession').length, 1);
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'same-screen'(history) {
    assert.deepEqual(signals(history), ['loginFinished']);
    assert.equal(asked(history).filter((name) => name === 'profileByCode').length, 1);
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  denied(history) {
    assert.equal(answers(history).filter((text) => text.includes('"denied"')).length, 2);
    assert.equal(phases(history).at(-1), 'signed-in', 'a denial signs nobody out');
    assert.ok(!localActivities(history).includes('logout'));
  },
  'expired-and-renewed'(history) {
    assert.deepEqual(signals(history), ['present', 'waitOver']);
    assert.deepEqual(scheduled(history), ['deliver']);
    assert.equal(eventsOf(history, 'TIMER_FIRED').length, 1, 'the end of the first code');
    assert.equal(names(history).filter((name) => name === 'authenticate').length, 1);
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  watched(history) {
    assert.deepEqual(names(history), ['authenticate', 'logout'], 'no watch of its own');
    assert.deepEqual(scheduled(history), ['deliver', 'deliver'], 'none for the code');
    assert.deepEqual(phases(history), ['awaiting-login', 'signed-in', 'signed-out']);
  },
  'trial-ended'(history) {
    assert.deepEqual(names(history), ['authenticate', 'authorize']);
    assert.deepEqual(scheduled(history), ['deliver', 'deliver'], 'of the beginning and of the end');
    assert.equal(eventsOf(history, 'TIMER_FIRED').length, 1, 'the end of the trial');
    assert.deepEqual(phases(history).slice(-2), ['signed-in', 'signed-out']);
  },
  'degraded-authnall'(history) {
    const asked = ['authenticate', 'authenticate', 'preauthorize', 'authorize', 'authorize'];
    assert.deepEqual(names(history), [...asked, 'authenticate']);
    const [first, again, timer] = localActivities(history);
    assert.deepEqual([first, again, timer], ['seekSignIn', 'seekSignIn', 'lookForProfile']);
    assert.deepEqual(patches(history), ['degradation']);
    assert.deepEqual(phases(history), ['signed-in', 'signed-out', 'awaiting-login', 'signed-in']);
  },
  // Of a worker that knew no better, which nothing here records: running devices have such histories.
  'degraded-before'(history) {
    const [sessions, filtered] = ['seekSignIn', 'preauthorize'];
    assert.deepEqual(localActivities(history), [sessions, filtered, sessions, sessions, filtered]);
    assert.equal(names(history).filter((name) => name === 'authenticate').length, 4);
    assert.equal(names(history).filter((name) => name === 'preauthorize').length, 4);
    assert.deepEqual(patches(history), []);
    assert.deepEqual(phases(history), ['signed-in', 'signed-out'], 'though its type changed');
  },
  'authz-all'(history) {
    const pair = ['preauthorize', 'authorize'];
    assert.deepEqual(names(history), ['authenticate', ...pair, ...pair]);
    assert.equal(localActivities(history).filter((name) => name === 'preauthorize').length, 2);
    assert.equal(phases(history).at(-1), 'signed-in', 'a denial signs nobody out');
  },
  'authz-none'(history) {
    assert.deepEqual(patches(history), ['degradation']);
    const filtered = localActivities(history).filter((name) => name === 'preauthorize');
    assert.equal(filtered.length, 2, 'what was permitted before is asked for again');
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'several-profiles'(history) {
    assert.deepEqual(names(history).slice(-2), ['profiles', 'authenticate']);
    assert.deepEqual(localActivities(history).slice(-2), ['listProfiles', 'seekSignIn']);
    assert.deepEqual(patches(history), ['profile-type'], 'and operators see which was chosen');
  },
  'platform-signed-in'(history) {
    const asking = ['authenticate', 'authorize', 'authorize', 'authenticate', 'authenticate'];
    assert.deepEqual(names(history), [...asking, 'logout']);
    assert.equal(answers(history).filter((text) => text.includes('"platformSSO"')).length, 2);
    assert.ok(localActivities(history).includes('lookForProfile'), 'beside the code');
    assert.deepEqual(patches(history), ['shared-meanwhile']);
    assert.deepEqual(phases(history), [
      'signed-in',
      'signed-out',
      'awaiting-login',
      'signed-in',
      'signed-out',
    ]);
  },
  'roku-sold'(history) {
    assert.equal(answers(history).filter((text) => text === 'failure').length, 1);
    assert.deepEqual(phases(history).slice(-3), ['signed-out', 'awaiting-login', 'signed-in']);
    assert.doesNotMatch(readable(history), /subscriber-(before|after)/);
  },
  'service-token-sso'(history) {
    assert.deepEqual(names(history), ['authenticate', 'authorize']);
    assert.equal(phases(history)[0], 'signed-in', 'without a code');
    assert.match(answers(history)[0] ?? '', /"serviceTokenSSO"/);
    assert.deepEqual(signals(history), ['endedElsewhere']);
    assert.equal(localActivities(history).at(-1), 'hasProfile');
    assert.equal(phases(history).at(-1), 'signed-out');
  },
  'household-signed-out'(history) {
    assert.deepEqual(names(history), ['authenticate', 'authorize', 'rename', 'remoteLogout']);
    assert.equal(localActivities(history).at(-1), 'logout');
    assert.equal(phases(history).at(-1), 'signed-out');
  },
  'household-joined'(history) {
    assert.deepEqual(names(history), ['authenticate', 'authorize']);
    assert.deepEqual(patches(history), ['household']);
  },
  'trials-in-a-row'(history) {
    const pair = ['authenticate', 'authorize', 'authorize'];
    assert.deepEqual(names(history), [...pair, ...pair, 'authenticate', 'authenticate']);
    assert.equal(localActivities(history).filter((name) => name === 'seekTrial').length, 3);
    assert.ok(!asked(history).includes('configuration'));
    assert.deepEqual(patches(history), ['trials']);
    assert.equal(answers(history).at(-1), 'failure', 'none is left');
    assert.equal(phases(history).at(-1), 'awaiting-login', 'the code goes on');
  },
  invalidated(history) {
    const changes = eventsOf(history, 'MARKER_RECORDED').filter(
      (event) => at(event, 'markerName') === 'core_patch',
    );
    assert.equal(changes.length, 2, 'a session of the provider, and a profile by its code alone');
    assert.equal(names(history).filter((name) => name === 'authenticate').length, 3);
    const seen = phases(history).filter((phase, index, all) => phase !== all[index - 1]);
    const signedInAndOut = ['awaiting-login', 'signed-in', 'signed-out'];
    assert.deepEqual(seen, [...signedInAndOut, ...signedInAndOut]);
  },
  forgotten(history) {
    assert.equal(names(history).at(-1), 'forget');
    assert.ok(localActivities(history).includes('logout'));
    assert.equal(eventsOf(history, 'WORKFLOW_EXECUTION_COMPLETED').length, 1);
  },
  'signed-in-by-apple'(history) {
    const sso = ['partnerSignIn', 'partnerResponse'];
    assert.deepEqual(names(history), [...sso, 'authorize', ...sso, 'logout']);
    const told = answers(history);
    assert.equal(told.filter((text) => text.includes('"status":"partner"')).length, 2);
    assert.equal(told.filter((text) => text.includes('"appleSSO"')).length, 2);
    assert.equal(eventsOf(history, 'TIMER_FIRED').length, 1, 'the end of the first profile');
    assert.ok(!asked(history).includes('createSession'), 'nobody saw a code');
  },
  'apple-fell-back'(history) {
    const sso = ['partnerSignIn', 'partnerSignIn', 'partnerResponse'];
    assert.deepEqual(names(history), [...sso, 'resume']);
    const [code, question, refused] = answers(history);
    assert.match(code ?? '', /"fallback":"pfs_fallback"/);
    assert.match(question ?? '', /"status":"partner"/);
    assert.match(refused ?? '', /"fallback":"invalid_parameter_saml_response"/);
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'trials-reset'(history) {
    assert.deepEqual(scheduled(history), ['resetTempPass']);
    const [asked] = eventsOf(history, 'ACTIVITY_TASK_SCHEDULED');
    const known = at(asked, 'input', 'payloads', '1', 'data');
    assert.match(Buffer.from(String(known), 'base64').toString(), /^"eyJ/, 'credentials of before');
  },
  'logged-out'(history) {
    assert.equal(names(history).at(-1), 'logout');
    assert.ok(localActivities(history).includes('logout'));
    assert.equal(phases(history).at(-1), 'signed-out');
  },
  abandoned(history) {
    assert.deepEqual(names(history), ['authenticate', 'abandon']);
    assert.equal(localActivities(history).at(-1), 'leaveRoom');
    assert.deepEqual(scheduled(history), [], 'it waited in the same process');
    assert.match(answers(history).at(-1) ?? '', /"abandoned"/);
  },
  'nobody-there'(history) {
    assert.equal(localActivities(history).at(-1), 'lookForProfile');
    assert.equal(phases(history).at(-1), 'signed-out');
  },
  'concurrent-updates'(history) {
    const done = eventsOf(history, 'WORKFLOW_EXECUTION_UPDATE_COMPLETED');
    const all = accepted(history);
    const meanwhile = (from: number) => {
      const end = done.find((event) => event.at > from)?.at ?? 0;
      return all.filter((event) => event.at >= from && event.at < end).map(({ name }) => name);
    };
    assert.equal(meanwhile(all[0]?.at ?? 0).length, 3, 'three first contacts at once');
    assert.equal(asked(history).filter((name) => name === 'register').length, 1);
    const last = all.slice(-3);
    assert.deepEqual(
      new Set(last.map(({ name }) => name)),
      new Set(['authorize', 'logout', 'preauthorize']),
    );
    assert.equal(meanwhile(last[0]?.at ?? 0).length, 3, 'a logout among decisions');
  },
  'continued-as-new'(history) {
    const [next] = eventsOf(history, 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
    assert.equal(at(next, 'workflowType', 'name'), 'deviceLifecycle');
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'registration-lost'(history) {
    assert.equal(asked(history).filter((name) => name === 'register').length, 2);
    assert.ok(answers(history).includes('failure'), 'the caller has to sign in again');
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  moved(history) {
    assert.deepEqual(signals(history), ['roomClosed', 'waitOver']);
    assert.ok(localActivities(history).includes('enterRoom'));
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'room-closed'(history) {
    assert.deepEqual(scheduled(history), ['keepRoom']);
    assert.equal(eventsOf(history, 'ACTIVITY_TASK_FAILED').length, 1, 'the process stopped');
    assert.equal(localActivities(history)[0], 'callWaiting');
  },
  resumed(history) {
    assert.deepEqual(names(history), ['authenticate', 'resume']);
    assert.ok(asked(history).includes('resumeSession'));
    assert.deepEqual(signals(history), ['loginFinished']);
    assert.equal(phases(history).at(-1), 'signed-in');
  },
  'second-screen'(history) {
    assert.deepEqual(names(history), ['access']);
    assert.ok(asked(history).includes('register'));
  },
  audited(history) {
    assert.deepEqual(scheduled(history), ['lastAudit', 'acquireImsToken', 'fetchCatalogue']);
    const [end] = eventsOf(history, 'WORKFLOW_EXECUTION_COMPLETED');
    const data = at(end, 'result', 'payloads', '0', 'data');
    assert.match(Buffer.from(String(data), 'base64').toString(), /"shrunk"/);
  },
  'audited-without-token'(history) {
    assert.equal(eventsOf(history, 'ACTIVITY_TASK_FAILED').length, 1);
    assert.deepEqual(scheduled(history), ['lastAudit', 'acquireImsToken', 'fetchCatalogue']);
  },
  'keys-rolled-out'(history) {
    const approvals = Array.from({ length: 4 }, () => 'approve');
    assert.deepEqual(names(history), ['pause', 'approve', 'resume', ...approvals]);
    const steps = scheduled(history).filter((name) => name !== 'endRollout');
    assert.equal(steps.filter((name) => name === 'writeKeys').length, 2);
    assert.equal(steps.at(-1), 'checkLogins');
    assert.ok(!steps.includes('restoreKeys'));
  },
  'keys-rolled-back'(history) {
    const steps = scheduled(history).filter((name) => name !== 'endRollout');
    assert.equal(steps.filter((name) => name === 'checkLogins').length, 9, 'three proofs');
    assert.equal(steps.filter((name) => name === 'restoreKeys').length, 2);
    assert.equal(steps.filter((name) => name === 'restoreTokenHandler').length, 3);
    assert.deepEqual(steps.slice(-2), ['examineHost', 'logInTestUser'], 'and it is looked at');
  },
  'gateway-limits'(history) {
    assert.deepEqual(names(history), Array(4).fill('reportSpent'));
    const totals = answers(history).map((text) => JSON.parse(text) as { sessions: number });
    const spent = totals.map(({ sessions }) => sessions);
    assert.deepEqual(spent, [3, 6, 6, 3], 'one, two, two again, and ten minutes later');
  },
};

describe('recorded histories', () => {
  for (const [scenario, check] of Object.entries(contents)) {
    it(`${scenario} holds what its name says`, () => check(historyOf(scenario)));
  }

  it('all have their contents checked', () => {
    const recorded = historyFiles().map(scenarioOf);
    assert.deepEqual(new Set(recorded), new Set(Object.keys(contents)));
  });

  it('of a chain of runs hand on to the next, up to the last', () => {
    const runs = historyFiles().filter((file) => scenarioOf(file) === 'continued-as-new');
    const handOver = runs.map((file) => {
      const history = readHistory(file);
      const [started] = eventsOf(history, 'WORKFLOW_EXECUTION_STARTED');
      const [next] = eventsOf(history, 'WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
      return { run: started?.['originalExecutionRunId'], next: next?.['newExecutionRunId'] };
    });
    assert.ok(runs.length >= 3);
    assert.deepEqual(
      handOver.map(({ next }) => next),
      [...handOver.slice(1).map(({ run }) => run), undefined],
    );
  });

  for (const file of historyFiles()) {
    it(`${basename(file)} holds nothing secret in clear, and no trace of who recorded it`, () => {
      const history = readHistory(file);
      const text = readable(history);
      for (const [token] of text.matchAll(/eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)+/g)) {
        const [header = '', ...parts] = token.split('.');
        assert.equal(parts.length, 4, 'a token that is no sealed value');
        assert.match(Buffer.from(header, 'base64url').toString(), /"alg":"dir"/);
      }
      assert.doesNotMatch(text, /client_secret|clientSecret|Bearer |softwareStatement|file:\//);
      assert.doesNotMatch(text, /198\.51\.100\.\d/, "a viewer's address");
      JSON.stringify(history, (key, value: unknown) => {
        if (key === 'identity') assert.equal(value, RECORDER);
        if (key === 'stackTrace') assert.equal(value, '');
        return value;
      });
    });
  }
});
