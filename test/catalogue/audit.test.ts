import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type AuditReport, createAudits } from '../../src/client/audits.ts';
import type { AemSandbox, Fragment } from '../../src/sandbox/aem/index.ts';
import { type ImsSandbox, startImsSandbox } from '../../src/sandbox/ims/index.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';
import { startAem } from './support.ts';

const DAY = 24 * 3_600_000;

/** As the README tells operators. */
function nightsThatWentWrong(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return /^temporal workflow list --query '(WorkflowType.*)'$/m.exec(readme)?.[1] ?? '';
}

describe('the audit of a catalogue', function () {
  this.timeout(60_000);
  let ims: ImsSandbox;
  let aem: AemSandbox;
  let stack: Stack;

  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    ims = await startImsSandbox();
  });

  beforeEach(async () => {
    ({ aem, stack } = await started(
      ims.serviceCredentials({ certificateEndsAt: Date.now() + 20 * DAY }),
    ));
  });

  afterEach(async () => {
    const { schedule } = stack.client;
    const audits = createAudits(stack.client, stack.config.taskQueue);
    await schedule
      .getHandle(audits.id)
      .delete()
      .catch(() => {});
    await stack.stop();
    await aem.stop();
  });

  after(() => ims.stop());

  /** AEM that takes the tokens of the stand-in for IMS, and a worker with that credential. */
  async function started(credentials: object) {
    const users = (token: string) => {
      const known = ims.tokenInfo(token);
      return known && { id: known.email, reads: true, writes: true };
    };
    const { sandbox, settings } = await startAem(
      { titles: 120, users },
      { AEM_CREDENTIALS: JSON.stringify(credentials), IMS_ALLOWED_HOSTS: `http://${ims.host}` },
    );
    return { aem: sandbox, stack: await startStack({ config: { aem: settings } }) };
  }

  const audits = () => createAudits(stack.client, stack.config.taskQueue);
  const codes = ({ findings }: AuditReport) => findings.map(({ code }) => code);
  const published = (): Fragment[] =>
    aem.fragments.filter(({ stage, membersOnly }) => stage === 'published' && !membersOnly);

  it('counts titles, channels and what is free, and finds nothing wrong but an old certificate', async () => {
    const { count, findings, credential } = await audits().run();
    assert.equal(count.titles, published().length);
    assert.equal(
      count.free,
      published().filter(({ fields }) => fields.requiresAuth === false).length,
    );
    assert.equal(count.channels, 8);
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['certificate-ends', 'warning']],
    );
    assert.match(findings[0]?.message ?? '', /ends on \d{4}-\d\d-\d\d, in 19 days: add a new one/);
    assert.equal(credential?.kind, 'service-jwt');
    assert.ok(credential.expiresAt && credential.expiresAt > Date.now() + 23 * 3_600_000);
  });

  it('finds duplicates, missing and malformed ids, with examples for editors', async () => {
    const [one, two, three, four, five] = published().filter(({ fields }) => fields.requiresAuth);
    assert.ok(one && two && three && four && five);
    two.fields.slug = one.fields.slug;
    three.fields.channelResourceId = null;
    four.fields.channelResourceId = '<b>city</b>';
    five.fields.availableFrom = 'soon | never';
    const report = await audits().run();
    assert.deepEqual(report.count.problems, {
      'duplicate-slug': 1,
      'missing-channel': 1,
      'malformed-channel': 1,
      'malformed-date': 1,
    });
    assert.equal(report.findings.filter(({ severity }) => severity === 'error').length, 4);
    await eventually(async () => {
      const query = `${nightsThatWentWrong()} AND DevicepassLastError = '${report.findings[0]?.code}' AND TaskQueue = '${stack.config.taskQueue}'`;
      return (await stack.client.workflow.count(query)).count === 1;
    }, 'operators find the audit by its worst finding');
    const duplicate = report.count.examples.find(({ problem }) => problem === 'duplicate-slug');
    assert.ok([one.path, two.path].includes(String(duplicate?.path)));
  });

  it('finds that the catalogue shrank, remembers the size before, and accepts it when told', async () => {
    await audits().run();
    const before = published().length;
    for (const fragment of published().slice(0, before / 2)) fragment.stage = 'draft';
    for (const night of ['first', 'second']) {
      const report = await audits().run();
      assert.ok(codes(report).includes('shrunk'), `${night} night`);
      assert.equal(report.baseline.titles, before);
    }
    const accepted = await audits().run({ acceptSize: true });
    assert.ok(!codes(accepted).includes('shrunk'));
    assert.ok(!codes(await audits().run()).includes('shrunk'));
  });

  it('finds a credential that IMS refuses, and reads the public catalogue all the same', async () => {
    await stack.stop();
    await aem.stop();
    const credentials = ims.serviceCredentials();
    ims.revokeCertificate(credentials.integration.technicalAccount.clientId);
    ({ aem, stack } = await started(credentials));
    const report = await audits().run();
    assert.deepEqual(codes(report), ['credential-invalid_token']);
    assert.ok(report.count.titles > 0);
  });

  it('sees the drafts where it looks as author', async () => {
    for (const { stage } of aem.fragments) assert.equal(stage, 'published');
    for (const fragment of published().slice(0, 5)) fragment.stage = 'draft';
    const [viewers, editors] = [await audits().run(), await audits().run({ tier: 'author' })];
    assert.ok(editors.count.titles >= viewers.count.titles + 5);
    assert.ok(!codes(editors).includes('shrunk'), 'tiers are not compared with each other');
  });

  it('is shared by those who ask for the same, and by nobody who asks for another', async () => {
    for (const fragment of published().slice(0, 5)) fragment.stage = 'draft';
    aem.faults.set({ kind: 'latency', ms: 500, times: 2 });
    const [viewers, same, editors, strict] = await Promise.all([
      audits().run(),
      audits().run(),
      audits().run({ tier: 'author' }),
      audits().run({ acceptSize: true }),
    ]);
    assert.deepEqual(same, viewers);
    assert.equal(viewers.tier, undefined);
    assert.equal(editors.tier, 'author');
    assert.ok(editors.count.titles >= viewers.count.titles + 5);
    assert.equal(strict.count.titles, viewers.count.titles);
    const { status } = await stack.client.workflow
      .getHandle(audits().workflowId({ tier: 'author' }))
      .describe();
    assert.equal(status.name, 'COMPLETED');
  });

  it('goes on at the cursor when AEM stumbles, and counts every title once', async () => {
    const secondPage = '/graphql/execute.json/tve/assets-page%3Bfirst%3D100%3Bafter';
    aem.faults.set({ kind: 'status', status: 503, path: secondPage });
    const { count } = await audits().run();
    assert.equal(count.titles, published().length);
    assert.deepEqual(count.problems, {});
    const pages = aem.requests.filter(({ path }) => path.includes('assets-page'));
    assert.equal(pages.length, 3, 'the first page, the second, and the second again');
  });

  it('is handed over by a worker that stops: another goes on at the cursor', async () => {
    const path = '/graphql/execute.json/tve/assets-page%3Bfirst%3D100%3Bafter';
    aem.faults.set({ kind: 'hang', path });
    const running = audits().run();
    const pages = () => aem.requests.filter((request) => request.path.includes('assets-page'));
    await eventually(() => pages().length === 2, 'the second page is asked for');
    await stack.redeploy();
    const { count } = await running;
    assert.equal(count.titles, published().length);
    assert.deepEqual(count.problems, {});
    assert.equal(pages().length, 3, 'the second page again, not the first');
  });

  it('leaves a short history, with no page, token or key in it, and a result to read in the UI', async () => {
    await audits().run();
    const handle = stack.client.workflow.getHandle(audits().id);
    const { events } = await handle.fetchHistory();
    assert.ok(events && events.length <= 25, `${events?.length} events`);
    const text = JSON.stringify(events, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    for (const secret of ims.secrets())
      assert.ok(!text.includes(secret), 'a secret in the history');
    assert.ok(!text.includes(String(published()[0]?.fields.slug)), 'a title in the history');
    const description = await handle.describe();
    assert.equal(description.status.name, 'COMPLETED');
  });

  it('runs by a schedule, and compares with the run before', async () => {
    await audits().schedule('0 3 * * *');
    const schedule = stack.client.schedule.getHandle(audits().id);
    const runs = async () => (await schedule.describe()).info.recentActions;
    const nightly = async (count: number) => {
      await schedule.trigger();
      const actions = await eventually(
        async () => {
          const recent = await runs();
          return recent.length === count && recent;
        },
        `${count} runs`,
        20_000,
      );
      const { workflow } = (actions.at(-1) as { action: { workflow: { workflowId: string } } })
        .action;
      return (await stack.client.workflow.getHandle(workflow.workflowId).result()) as AuditReport;
    };
    await nightly(1);
    for (const fragment of published().slice(0, 60)) fragment.stage = 'draft';
    assert.ok(codes(await nightly(2)).includes('shrunk'));
    await audits().run({ acceptSize: true });
    assert.ok(
      !codes(await nightly(3)).includes('shrunk'),
      'what was accepted by day counts at night',
    );
    await assert.rejects(audits().schedule('whenever'), { code: 'invalid_request' });
    const accepting = audits().schedule('0 3 * * *', { acceptSize: true });
    await assert.rejects(accepting, { code: 'invalid_request' });
    assert.equal(await audits().unschedule(), true);
    assert.equal(await audits().unschedule(), false);
  });
});

describe('an audit where no worker has AEM', function () {
  this.timeout(60_000);

  it('says so at once', async () => {
    const stack = await startStack();
    try {
      const audits = createAudits(stack.client, stack.config.taskQueue);
      await assert.rejects(audits.run(), { name: 'DevicePassError', code: 'no_aem_worker' });
    } finally {
      await stack.stop();
    }
  });
});
