import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { signInAsViewer, startSandbox } from '../../src/sandbox/index.ts';
import {
  agentIdentity,
  mustBeOneEnvironment,
  mustBeOneHost,
} from '../../src/temporal/one-owner.ts';
import { startWorker } from '../../src/worker.ts';
import { hostQueue } from '../../src/workflows/activity-options.ts';
import {
  eventually,
  FACTS,
  freshIp,
  sharedTemporal,
  type Stack,
  startStack,
} from '../support/stack.ts';

describe('two stacks in one Temporal namespace', function () {
  this.timeout(120_000);
  let stacks: Stack[];
  before(async () => {
    stacks = [await startStack(), await startStack()];
  });
  after(async () => {
    for (const { stop } of stacks) await stop();
  });

  it('share no workflow, though their apps and their TV have the same names', async () => {
    const site = `site-${randomUUID()}`;
    const id = randomUUID();
    const ids = new Set<string>();
    for (const { apps, sandbox, pass } of stacks) {
      const app = apps.get('demo') ?? assert.fail();
      apps.set(site, { ...app, softwareStatement: sandbox.softwareStatement() });
      const tv = pass.device({ app: 'demo', id, facts: FACTS, ip: freshIp() });
      ids.add(tv.workflowId);
      const shown = await tv.authenticate();
      assert.equal(shown.status, 'pending');
      const phone = pass.secondScreen(shown.code, { app: site, ip: freshIp() });
      const chosen = await phone.choose({ id: 'NorthCable' });
      assert.equal(chosen.status, 'pending');
      await signInAsViewer(chosen.url ?? '');
      for await (const { status } of tv.watch({ until: 'signed-in' })) {
        if (status === 'signed-in') break;
      }
    }
    assert.equal(ids.size, stacks.length);
  });

  for (const [whose, identity, refusal] of [
    ['its own machine', agentIdentity(), undefined],
    [
      'another machine',
      '7@other for other.example',
      /^AEM_HOST_ID is \S+, but an agent on other\.example has/,
    ],
  ] as const) {
    it(`${refusal ? 'refuse' : 'take'} an agent with the id of one on ${whose}`, async () => {
      const { native } = await sharedTemporal();
      const id = `publish-${randomUUID()}`;
      const place = { namespace: 'default', taskQueue: hostQueue(id) };
      const activities = { noop: async () => {} };
      const agent = await Worker.create({ ...place, connection: native, identity, activities });
      const running = agent.run();
      try {
        const isKnown = async () => {
          const { pollers } = await native.workflowService.describeTaskQueue({
            namespace: place.namespace,
            taskQueue: { name: place.taskQueue },
            taskQueueType: 2, // activities
          });
          return pollers.length > 0;
        };
        await eventually(isKnown, 'Temporal knows the agent');
        const starting = mustBeOneHost(native, { ...place, id });
        if (refusal) await assert.rejects(starting, { name: 'ConfigError', message: refusal });
        else await starting;
      } finally {
        agent.shutdown();
        await running;
      }
    });
  }

  it('of two Adobe environments start on queues of their own only', async () => {
    const [stack = assert.fail()] = stacks;
    const { native, bundle, client } = await sharedTemporal();
    const other = await startSandbox();
    const { taskQueue, adobePass } = stack.config;
    const { host } = new URL(adobePass.url);
    const refused = {
      name: 'ConfigError',
      message: `ADOBE_PASS_URL is ${other.url}, but workers for ${host} listen on DEVICEPASS_TASK_QUEUE ${taskQueue}: give each environment a queue of its own (one that has stopped is forgotten after 90 s)`,
    };
    try {
      const config = { ...stack.config, adobePass: { ...adobePass, url: other.url } };
      const settings = {
        ...stack,
        connection: native,
        namespace: 'default',
        workflowBundle: bundle,
      };
      await assert.rejects(startWorker({ ...settings, config }), refused);
      const place = { namespace: 'default', taskQueue };
      const gateway = mustBeOneEnvironment(client.connection, { ...place, url: other.url });
      await assert.rejects(gateway, refused);
      await mustBeOneEnvironment(client.connection, { ...place, url: adobePass.url });
    } finally {
      await other.stop();
    }
  });
});
