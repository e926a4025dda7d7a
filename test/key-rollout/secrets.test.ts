import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createLogger } from '../../src/log.ts';
import { readAgentSettings } from '../../src/agent/settings.ts';
import { found, textOf, type Trace, tracesOf } from '../secrets/traces.ts';
import { type FarmStack, startFarmStack } from './support.ts';

describe('what a roll-out of keys leaves behind', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let stack: FarmStack;
  let secrets: string[];
  const traces: Trace[] = [];

  before(async () => {
    stack = await startFarmStack({ farm: { saml: true } });
    secrets = await stack.secrets();
    const [, second, third] = stack.farm.instances;
    second?.faults.set({ kind: 'refresh-keeps-keys' });
    third?.faults.set({ kind: 'write-damages' });
    const ends = [
      await stack.roll({ force: true }),
      await stack.roll({ force: true, watchedPaths: ['/saml/login'] }),
      await stack.roll({ dryRun: true }),
    ];
    secrets.push(...(await stack.secrets()), ...stack.farm.tokens());
    for (const { workflowId } of ends) traces.push(...(await tracesOf(stack.client, workflowId)));
    traces.push({ where: 'what callers got', text: textOf(ends.map((end) => inspect(end))) });
  });
  after(() => stack.stop());

  it('is no key, no login token, no password, in no place', () => {
    assert.ok(secrets.length > 40, `only ${secrets.length} secrets`);
    for (const secret of new Set(secrets)) assert.deepEqual(found(traces, secret), []);
    for (const token of stack.farm.tokens()) {
      const [, middle = ''] = token.split(':');
      assert.deepEqual(found(traces, middle), [], 'a part of a login token');
    }
  });

  it('is what operators need', () => {
    const [id = ''] = stack.farm.instances.map((instance) => instance.id);
    assert.ok(found(traces, id).length > 0);
    assert.ok(found(traces, 'SamlAuthenticationHandler').length > 0);
  });

  it('would be found if it were there', () => {
    const [key = ''] = secrets;
    const planted = {
      payloads: [{ data: Buffer.from(JSON.stringify({ key })).toString('base64') }],
    };
    assert.deepEqual(found([{ where: 'here', text: textOf(planted) }], key), ['here']);
  });

  it('are settings of agents that no log shows', () => {
    const env = {
      AEM_HOST_ID: 'publish1',
      AEM_HOST_URL: 'http://127.0.0.1:4503',
      AEM_HOST_INSTALL_DIR: '/opt/aem',
      AEM_HOST_KEYS: stack.keys.export(),
      AEM_HOST_ADMIN_PASSWORD: 'a-secret-word',
      AEM_HOST_TEST_USER: 'viewer',
      AEM_HOST_TEST_PASSWORD: 'another-secret-word',
    };
    const settings = readAgentSettings(env);
    const lines: string[] = [];
    createLogger('info', { write: (line: string) => void lines.push(line) }).info(settings, 'here');
    const shown = `${inspect(settings, { depth: 9 })} ${JSON.stringify(settings)} ${lines.join()}`;
    assert.match(shown, /publish1/);
    for (const secret of [
      'a-secret-word',
      'another-secret-word',
      ...keysOfRing(env.AEM_HOST_KEYS),
    ]) {
      assert.ok(!shown.includes(secret));
    }
  });
});

function keysOfRing(ring: string): string[] {
  return ring.split(',').map((key) => key.split(':')[1] ?? key);
}
