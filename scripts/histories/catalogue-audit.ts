import assert from 'node:assert/strict';
import { readAemSettings } from '../../src/aem-settings.ts';
import { readQueryPackage } from '../../src/aem/index.ts';
import { createAudits } from '../../src/client/audits.ts';
import { type AemSandbox, startAemSandbox } from '../../src/sandbox/aem/index.ts';
import { type ImsSandbox, startImsSandbox } from '../../src/sandbox/ims/index.ts';
import { startWorker } from '../../src/worker.ts';
import { sharedTemporal, type Stack } from '../../test/support/stack.ts';

/** The second audit of a catalogue that shrank meanwhile, with duplicates and holes in it. */
export async function audited(stack: Stack): Promise<Record<string, string>> {
  await withAem(stack, async (aem) => {
    const audits = createAudits(stack.client, stack.config.taskQueue);
    await audits.run();
    const [one, two, three] = aem.fragments.splice(0, 150, ...aem.fragments.slice(0, 60));
    assert.ok(one && two && three);
    three.fields.channelResourceId = null;
    const { findings } = await audits.run();
    assert.ok(findings.some(({ code }) => code === 'shrunk'));
  });
  return { audited: createAudits(stack.client, stack.config.taskQueue).id };
}

/** IMS refuses the credential; the catalogue is read all the same. */
export async function auditedWithoutToken(stack: Stack): Promise<Record<string, string>> {
  const audits = createAudits(stack.client, stack.config.taskQueue);
  await withAem(stack, async (_aem, ims, clientId) => {
    ims.revokeCertificate(clientId);
    const { findings } = await audits.run();
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['credential-invalid_token'],
    );
  });
  return { 'audited-without-token': audits.id };
}

/** Puts a worker with AEM in the place of the stack's, which stops it. */
async function withAem(
  stack: Stack,
  play: (aem: AemSandbox, ims: ImsSandbox, clientId: string) => Promise<void>,
): Promise<void> {
  const ims = await startImsSandbox();
  const credentials = ims.serviceCredentials();
  const aem = await startAemSandbox({ titles: 200 });
  for (const { path, query } of readQueryPackage()) aem.install(path, query);
  const settings = readAemSettings({
    AEM_PUBLISH_URL: aem.hosts.publish,
    AEM_CREDENTIALS: JSON.stringify(credentials),
    IMS_ALLOWED_HOSTS: `http://${ims.host}`,
  });
  try {
    const { native, bundle } = await sharedTemporal();
    await stack.worker.stop();
    stack.worker = await startWorker({
      config: { ...stack.config, ...(settings ? { aem: settings } : {}) },
      apps: stack.apps,
      keys: stack.keys,
      connection: native,
      namespace: 'default',
      workflowBundle: bundle,
    });
    await play(aem, ims, credentials.integration.technicalAccount.clientId);
  } finally {
    await aem.stop();
    await ims.stop();
  }
}
