import assert from 'node:assert/strict';
import { ADOBE_PASS_ENVIRONMENTS, ConfigError, readConfig } from '../../src/config.ts';
import { readManagementStatement } from '../../src/management-settings.ts';

const enough = { ADOBE_PASS_URL: 'https://pass.example' };

/** The one line that a person reads. */
function problem(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.ok(!error.message.includes('\n'), 'one line');
    return error.message;
  }
  return assert.fail('these settings were accepted');
}

describe('settings', () => {
  it('have a default for all but the address of Adobe Pass', () => {
    const config = readConfig(enough);
    assert.equal(config.pollIntervalMs, 15_000);
    assert.equal(config.taskQueue, 'devicepass');
    assert.equal(config.insecureDev, false);
    assert.deepEqual(config.automaticSessions, { rule: 'present', limit: 8 });
    assert.deepEqual(config.mvpds, { show: [], hide: [] });
    assert.equal(
      problem({}),
      "ADOBE_PASS_URL is not set: give Adobe's host or one of prequal-staging, " +
        'prequal-production, release-staging, release-production ' +
        '(`devicepass sandbox` starts a stand-in)',
    );
  });

  it("name Adobe's environments [S2S-12]", () => {
    for (const [name, url] of Object.entries(ADOBE_PASS_ENVIRONMENTS)) {
      assert.equal(readConfig({ ADOBE_PASS_URL: name }).adobePass.url, url);
      assert.match(url, /^https:\/\/[a-z.-]+\.adobe\.com$/);
    }
    assert.deepEqual(Object.keys(ADOBE_PASS_ENVIRONMENTS), [
      'prequal-staging',
      'prequal-production',
      'release-staging',
      'release-production',
    ]);
    assert.equal(new Set(Object.values(ADOBE_PASS_ENVIRONMENTS)).size, 4);
  });

  it('take a host with or without a slash at its end', () => {
    for (const url of ['https://pass.example', 'https://pass.example/', 'https://pass.example//']) {
      assert.equal(readConfig({ ADOBE_PASS_URL: url }).adobePass.url, 'https://pass.example');
    }
  });

  it('are read from every variable', () => {
    const config = readConfig({
      ...enough,
      ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE: 'true',
      DEVICEPASS_POLL_INTERVAL_MS: '3000',
      DEVICEPASS_AUTOMATIC_SESSIONS: 'always',
      DEVICEPASS_AUTOMATIC_SESSIONS_LIMIT: '0',
      DEVICEPASS_MVPDS_HIDE: ' One, Two,,',
      DEVICEPASS_LOG_LEVEL: '',
    });
    assert.equal(config.adobePass.deviceHeadersEverywhere, true);
    assert.equal(config.pollIntervalMs, 3_000);
    assert.deepEqual(config.automaticSessions, { rule: 'always', limit: 0 });
    assert.deepEqual(config.mvpds.hide, ['One', 'Two']);
    assert.equal(config.logLevel, 'info', 'an empty variable counts as none');
  });

  const milliseconds = (from: number, to: number) =>
    `use a whole number of milliseconds from ${from} to ${to}`;
  const wrong: [name: string, values: string[], advice: string][] = [
    [
      'ADOBE_PASS_URL',
      ['nope', 'ftp://pass.example', 'production', '//pass.example'],
      'use a URL or one of prequal-staging, prequal-production, release-staging, release-production',
    ],
    ['ADOBE_PASS_DEVICE_HEADERS_EVERYWHERE', ['yes', 'TRUE'], 'use one of 0, 1, true, false'],
    [
      'ADOBE_PASS_MAX_CONFIGURATION_BYTES',
      ['0', '1048575', '268435457', '2 MB'],
      'use a whole number of bytes from 1048576 to 268435456',
    ],
    ['ADOBE_PASS_BROWSER_ORIGINS', ['x'], 'use origins as https://pass.example, not x'],
    ['ADOBE_PASS_REQUEST_TIMEOUT_MS', ['99', '2901'], milliseconds(100, 2_900)],
    ['DEVICEPASS_INSECURE_DEV', ['on'], 'use one of 0, 1, true, false'],
    [
      'DEVICEPASS_POLL_INTERVAL_MS',
      ['abc', '2999', '600001', '3500.5', '1e4', '0x2000', ' ', '15 s', '-15000'],
      milliseconds(3_000, 600_000),
    ],
    ['DEVICEPASS_SAME_SCREEN_FALLBACK_MS', ['0'], milliseconds(3_000, 86_400_000)],
    ['DEVICEPASS_AUTOMATIC_SESSIONS', ['sometimes'], 'use one of present, always, never'],
    ['DEVICEPASS_AUTOMATIC_SESSIONS_LIMIT', ['-1', '301'], 'use a whole number from 0 to 300'],
    ['DEVICEPASS_PRESENCE_WINDOW_MS', ['999'], milliseconds(1_000, 86_400_000)],
    ['DEVICEPASS_TIME_BUDGET_MS', ['999', '7001'], milliseconds(1_000, 7_000)],
    ['DEVICEPASS_PREAUTHORIZE_CHUNK', ['0', '101'], 'use a whole number from 1 to 100'],
    [
      'DEVICEPASS_CONTINUE_AS_NEW_AFTER_EVENTS',
      ['49', '40001'],
      'use a whole number from 50 to 40000',
    ],
    ['DEVICEPASS_STACK_FRAMES', ['0', '101'], 'use a whole number from 1 to 100'],
    ['DEVICEPASS_CACHED_DEVICES', ['9', '1000001'], 'use a whole number from 10 to 1000000'],
    [
      'DEVICEPASS_WORKFLOW_TASK_SLOTS',
      ['0', '1', '10001', '2.5'],
      'use a whole number from 2 to 10000',
    ],
    ['DEVICEPASS_WORKFLOW_TASK_POLLERS', ['0', '1', '1001'], 'use a whole number from 2 to 1000'],
    ['DEVICEPASS_REQUEST_SLOTS', ['0', '10001', '0.5'], 'use a whole number from 1 to 10000'],
    ['DEVICEPASS_LOG_LEVEL', ['loud'], 'use one of fatal, error, warn, info, debug, trace, silent'],
  ];
  for (const [name, values, advice] of wrong) {
    it(`name ${name}, its value and what to do when it is wrong${name.includes('POLL_') ? ' [ATN-06] [ATN-07]' : ''}`, () => {
      for (const value of values) {
        assert.equal(
          problem({ ...enough, [name]: value }),
          `${name} is ${JSON.stringify(value)}: ${advice}`,
        );
      }
    });
  }

  const [cached, slots, pollers] = [
    'DEVICEPASS_CACHED_DEVICES',
    'DEVICEPASS_WORKFLOW_TASK_SLOTS',
    'DEVICEPASS_WORKFLOW_TASK_POLLERS',
  ];

  it('of the size of a worker have to fit each other, whichever are given', () => {
    const few = (atLeast: number) =>
      `use at least ${slots}, which is ${atLeast}, for each works on a device in memory`;
    assert.equal(problem({ ...enough, [cached]: '199' }), `${cached} is "199": ${few(200)}`);
    assert.equal(problem({ ...enough, [slots]: '2001' }), `${cached} is "2000": ${few(2001)}`);
    assert.equal(
      problem({ ...enough, [slots]: '8' }),
      `${pollers} is "10": use at most ${slots}, which is 8, for each task that comes needs a slot`,
    );
  });

  it('of the size of a worker may be as small as the SDK bears', () => {
    const small = readConfig({ ...enough, [cached]: '10', [slots]: '10', [pollers]: '10' });
    assert.deepEqual(
      [small.cachedDevices, small.workflowTaskSlots, small.workflowTaskPollers, small.requestSlots],
      [10, 10, 10, 400],
    );
  });

  it('refuse an address with a password in it, and keep it to themselves [AI-02]', () => {
    for (const url of ['https://me:hunter2@pass.example', 'ftp://me:hunter2@pass.example']) {
      const line = problem({ ADOBE_PASS_URL: url });
      assert.match(
        line,
        /^ADOBE_PASS_URL is "(https|ftp):\/\/\[secret\]@pass\.example": use a URL/,
      );
    }
  });

  it("know the host of Adobe's management API by its environment, where there is a statement for it", () => {
    const file = { ADOBE_MANAGEMENT_STATEMENT_FILE: 'statement.jwt' };
    assert.equal(readConfig(enough).management, undefined);
    const hostOf = (env: NodeJS.ProcessEnv) => readConfig({ ...file, ...env }).management?.url;
    const hosts = Object.keys(ADOBE_PASS_ENVIRONMENTS).map((name) => [
      name,
      hostOf({ ADOBE_PASS_URL: name }),
    ]);
    assert.deepEqual(Object.fromEntries(hosts), {
      'prequal-staging': 'https://mgmt-prequal.auth-staging.adobe.com',
      'prequal-production': 'https://mgmt-prequal.auth.adobe.com',
      'release-staging': 'https://mgmt.auth-staging.adobe.com',
      'release-production': 'https://mgmt.auth.adobe.com',
    });
    assert.equal(hostOf(enough), enough.ADOBE_PASS_URL, 'a stand-in stands for all of them');
    const given = { ...enough, ADOBE_MANAGEMENT_URL: 'https://mgmt.example/' };
    assert.equal(hostOf(given), 'https://mgmt.example');
    assert.match(problem({ ...enough, ADOBE_MANAGEMENT_URL: 'mgmt' }), /use the URL of a host/);
  });

  it('of a statement for the management API must be readable, and one', () => {
    const settings = { url: 'https://mgmt.example', statementFile: 'test/config/none.jwt' };
    assert.throws(() => readManagementStatement(settings), {
      name: 'ConfigError',
      message: /none\.jwt can't be read \(ENOENT\): correct ADOBE_MANAGEMENT_STATEMENT_FILE/,
    });
    assert.throws(() => readManagementStatement({ ...settings, statementFile: 'package.json' }), {
      name: 'ConfigError',
      message: /^package\.json \(ADOBE_MANAGEMENT_STATEMENT_FILE\) is not a JWT/,
    });
  });

  it('of files that hold the content in place of a path are not repeated', () => {
    const statementFile = 'eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl';
    const settings = { url: 'https://mgmt.example', statementFile };
    assert.throws(
      () => readManagementStatement(settings),
      ({ message }: Error) => {
        assert.match(message, /in place of its path, .*correct ADOBE_MANAGEMENT_STATEMENT_FILE$/);
        return !statementFile.split('.').some((part) => message.includes(part));
      },
    );
  });
});
