import assert from 'node:assert/strict';
import { warnOfUnknownVariables } from '../../src/cli/unknown-variables.ts';
import { exampleSettings } from '../compose/support.ts';
import { devicepass } from './support.ts';

describe('variables that are no settings', function () {
  this.timeout(120_000);
  function warnings(env: NodeJS.ProcessEnv): string[] {
    const lines: string[] = [];
    const warn = (_fields: object, line: string) => void lines.push(line);
    warnOfUnknownVariables(env, warn);
    return lines;
  }

  const wrong: [name: string, advice: string][] = [
    ['DEVICEPASS_POLL_INTERVL_MS', 'did you mean DEVICEPASS_POLL_INTERVAL_MS?'],
    ['ADOBE_PASS_URI', 'did you mean ADOBE_PASS_URL?'],
    ['GATEWAY_TRUSTED_PROXY', 'did you mean GATEWAY_TRUSTED_PROXIES?'],
    ['AEM_PUBLISHED_URL', 'did you mean AEM_PUBLISH_URL?'],
    ['IMS_ENDPIONT', 'did you mean IMS_ENDPOINT?'],
    ['DEVICEPASS_COLOUR_OF_THE_WALLS', 'see .env.example'],
  ];
  for (const [name, advice] of wrong) {
    it(`are told of with the nearest that is one: ${name}`, () => {
      assert.deepEqual(warnings({ [name]: 'planted-value' }), [
        `${name} is not a setting and has no effect: ${advice}`,
      ]);
    });
  }

  it('are none of those that the example explains, nor of the agents', () => {
    const names = exampleSettings.map(({ name }) => name);
    const env = Object.fromEntries(
      [...names, 'AEM_HOST_URL', 'AEM_HOST_TEST_PASSWORD_FILE'].map((name) => [name, 'x']),
    );
    assert.deepEqual(warnings(env), []);
  });

  it("are none of other programs'", () => {
    assert.deepEqual(warnings({ PATH: '/bin', DEVICE: 'x', MY_AEM_HOST: 'x' }), []);
  });

  it('are told of by a worker as it starts, also when it refuses to', async () => {
    const { exitCode, stderr } = await devicepass(['worker'], {
      DEVICEPASS_POLL_INTERVL_MS: '3000',
      ADOBE_PASS_URI: 'https://pass.example',
    });
    const [first = '', second = '', refusal = ''] = stderr.split('\n');
    const { level, variable } = JSON.parse(first) as Record<string, unknown>;
    assert.deepEqual([level, variable], [40, 'DEVICEPASS_POLL_INTERVL_MS']);
    assert.match(second, /did you mean ADOBE_PASS_URL\?/);
    assert.match(refusal, /^devicepass: ADOBE_PASS_URL is not set: /);
    assert.equal(exitCode, 1);
  });
});
