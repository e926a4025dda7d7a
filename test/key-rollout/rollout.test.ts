import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { approve, pause, progress, resume } from '../../src/workflows/key-rollout/messages.ts';
import { PHASE } from '../../src/workflows/search-attributes.ts';
import { eventually } from '../support/stack.ts';
import { ended, type FarmStack, keysOf, loadedKeys, startFarmStack } from './support.ts';

describe('keys rolled out over a farm', function () {
  this.timeout(300_000); // the first run may have to build a Temporal server
  let stack: FarmStack;
  afterEach(() => stack.stop());

  const refreshes = () =>
    stack.farm.instances.map(
      ({ requests }) => requests.filter(({ form }) => form.get('action') === 'refresh').length,
    );

  it('are the same everywhere, and logins are honoured in all directions', async () => {
    stack = await startFarmStack();
    const { farm, client } = stack;
    const [source] = await keysOf(farm);
    const { report, failure, workflowId } = await stack.roll();
    assert.equal(failure, undefined, failure?.message);
    assert.equal(report?.outcome, 'done');
    assert.deepEqual(await keysOf(farm), [source, source, source]);
    assert.deepEqual(loadedKeys(farm), [source, source, source]);
    assert.equal(report.proof.length, 6);
    assert.ok(report.proof.every(({ honoured }) => honoured));
    for (const instance of farm.instances) {
      assert.deepEqual(instance.tokenHandler()['skip.token.refresh'], [
        '/libs/granite/csrf',
        '/system/health',
      ]);
      assert.equal(instance.tokenHandler()['inactivity.time'], 1_800_000);
      assert.equal(instance.tokenHandler()['token.encapsulated'], true);
    }
    const description = await client.workflow.getHandle(workflowId).describe();
    assert.equal(description.type, 'keyRollout');
    assert.equal(description.typedSearchAttributes.get(PHASE), 'key-rollout:done');
    const { currentDetails } = await client.workflow
      .getHandle(workflowId)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(
      currentDetails,
      /^\*\*Keys of .*: done\*\*: logins are honoured in all 6 directions\n/,
    );
    assert.match(currentDetails, /honoured in 6 of 6 directions/);
    assert.doesNotMatch(currentDetails, /waits for/);
  });

  it('are left alone a second time, and proven again', async () => {
    stack = await startFarmStack();
    await stack.roll();
    const before = refreshes();
    const writes = stack.farm.instances.flatMap(({ requests }) =>
      requests.filter(({ form }) => form.has('apply')),
    ).length;
    const { report } = await stack.roll();
    assert.equal(report?.outcome, 'unchanged');
    assert.equal(report.proof.filter(({ honoured }) => honoured).length, 6);
    assert.deepEqual(refreshes(), before);
    const after = stack.farm.instances.flatMap(({ requests }) =>
      requests.filter(({ form }) => form.has('apply')),
    ).length;
    assert.equal(after, writes);
  });

  it('are not touched in a dry run, which says what would be done', async () => {
    stack = await startFarmStack({ farm: { saml: true } });
    const before = await keysOf(stack.farm);
    const { report, workflowId } = await stack.roll({ dryRun: true });
    const { currentDetails } = await stack.client.workflow
      .getHandle(workflowId)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(currentDetails, /: dry run over\*\*: 5 changes would be made\n- start it without/);
    assert.equal(report?.outcome, 'dry-run');
    const [source, second] = stack.farm.instances.map(({ id }) => id);
    assert.ok(
      report.changes.includes(`${second} would get the keys of ${source} and be refreshed`),
    );
    assert.ok(report.changes.includes(`${source} would get encapsulated tokens`));
    assert.match(report.hosts[1]?.warnings.join() ?? '', /encrypted with the present master key/);
    assert.deepEqual(await keysOf(stack.farm), before);
    assert.deepEqual(refreshes(), [0, 0, 0]);
    const posts = stack.farm.instances.flatMap(({ requests }) =>
      requests.filter(({ form }) => form.has('apply')),
    );
    assert.deepEqual(posts, []);
    for (const { backupDir } of stack.hosts) {
      assert.deepEqual(readdirSync(backupDir), ['agent.sock', 'orders'], 'no backup');
    }
  });

  it('come with a warning of handlers that make users at login, which hinders nobody', async () => {
    stack = await startFarmStack({ farm: { saml: true, samlMakesUsers: true } });
    const { report } = await stack.roll({ dryRun: true });
    const warnings = report?.hosts.flatMap((host) => host.warnings) ?? [];
    assert.equal(warnings.filter((text) => text.includes('users are made at login')).length, 3);
    const saml = warnings.filter((text) => text.includes('SAML is set up'));
    assert.equal(saml.length, 2, 'the source keeps its keys, and with them its key store');
  });

  it('are proven whichever way AEM says that nobody is signed in', async () => {
    for (const unknownUser of ['401', '302'] as const) {
      stack = await startFarmStack({ farm: { unknownUser } });
      const { report } = await stack.roll();
      assert.equal(report?.proof.filter(({ honoured }) => honoured).length, 6, unknownUser);
      if (unknownUser === '401') await stack.stop();
    }
  });

  it('wait for an approval of each step, and only of the one that is next', async () => {
    stack = await startFarmStack();
    stack.farm.instances[2]?.faults.set({ kind: 'refresh-keeps-keys' });
    const handle = await stack.startRollout({ approveEach: true });
    const [first = '', second = '', third = ''] = stack.farm.instances.map(({ id }) => id);
    const waitsFor = async (step: string) =>
      eventually(
        async () => (await handle.query(progress)).waitingFor === step,
        `it waits for ${step}`,
      );
    await waitsFor(second);
    assert.deepEqual(refreshes(), [0, 0, 0]);
    await assert.rejects(
      handle.executeUpdate(approve, { args: [third] }),
      (error: Error) =>
        assert.match(String(error.cause), new RegExp(`it waits for ${second}`)) === undefined,
    );
    const command = (word: string) => `\`devicepass aem keys ${word} --farm <file>\``;
    const [approval, resumption] = [command(`approve ${second}`), command('resume')];
    const shown = async () =>
      (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata'))
        .currentDetails;
    assert.ok((await shown()).includes(`Waits before \`${second}\` for ${approval}.`));
    assert.equal(await handle.executeUpdate(resume), 'nothing was paused');
    const both = `now it waits for ${approval} and ${resumption}`;
    assert.equal(await handle.executeUpdate(pause), `paused; ${both}`);
    assert.ok((await shown()).includes(`for ${approval} and ${resumption}.`));
    assert.equal(await handle.executeUpdate(pause), 'was paused already');
    assert.equal(
      await handle.executeUpdate(approve, { args: [second] }),
      `${second} approved; now it waits for ${resumption}`,
    );
    assert.ok((await shown()).includes(`Waits before \`${second}\` for ${resumption}.`));
    assert.equal((await handle.query(progress)).paused, true);
    assert.deepEqual(refreshes(), [0, 0, 0], 'an approval does not end a pause');
    assert.equal(await handle.executeUpdate(resume), 'resumed');
    const told = (await handle.query(progress)).events.map(({ text }) => text);
    for (const text of [`${second} approved`, 'resumed']) assert.ok(told.includes(text), text);
    await waitsFor(third);
    assert.deepEqual(refreshes(), [0, 1, 0]);
    await handle.executeUpdate(approve, { args: [third] });
    const switched = () =>
      stack.farm.instances.map((each) => each.tokenHandler()['token.encapsulated'] === true);
    for (const [index, id] of [first, second, third].entries()) {
      const step = `encapsulation:${id}`;
      await waitsFor(step);
      assert.deepEqual(switched(), [index > 0, index > 1, false], 'one after the other');
      await handle.executeUpdate(pause);
      await handle.executeUpdate(approve, { args: [step] });
      assert.equal((await handle.query(progress)).waitingFor, step, 'a pause holds here too');
      assert.deepEqual(switched(), [index > 0, index > 1, false]);
      await handle.executeUpdate(resume);
    }
    await waitsFor(`refresh-key-bundle:${third}`);
    assert.deepEqual(refreshes(), [0, 1, 1]);
    await handle.executeUpdate(approve, { args: [`refresh-key-bundle:${third}`] });
    assert.equal((await ended(handle)).report?.outcome, 'done');
  });

  it('leave the instance that they come from in peace', async () => {
    stack = await startFarmStack();
    const [source] = stack.farm.instances;
    await stack.roll();
    assert.equal(source?.requests.filter(({ form }) => form.get('action') === 'refresh').length, 0);
  });
});
