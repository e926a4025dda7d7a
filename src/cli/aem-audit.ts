import type { Client } from '@temporalio/client';
import { type Command, Option } from 'commander';
import { TIERS, type Tier } from '../aem/index.ts';
import { type AuditReport, type AuditRequest, createAudits } from '../client/audits.ts';
import { connectClient } from '../temporal/connect-client.ts';
import { wholeNumber } from './sandbox.ts';
import { addSettingsHelp } from './settings-help.ts';

interface AuditFlags {
  tier?: Tier;
  shrinkPercent?: number;
  acceptSize?: boolean;
  schedule?: string;
  unschedule?: boolean;
}

/** Exit code of an audit that found errors; 1 is for one that could not be done. */
const FOUND = 2;

export function addAudit(aem: Command): void {
  const command = aem
    .command('audit')
    .description(
      'looks through the catalogue, by a worker with AEM: exit code 0 nothing found, 2 errors found',
    )
    .addOption(new Option('--tier <tier>', 'as which tier sees it').choices(TIERS))
    .option(
      '--shrink-percent <percent>',
      'how much smaller than last time is suspicious (20)',
      wholeNumber(1, 100),
    )
    .option('--accept-size', 'the catalogue is meant to be as small as it is')
    .option('--schedule <cron>', 'not now, but again and again, as "0 3 * * *" (UTC)')
    .option('--unschedule', 'no more')
    .action(async (flags: AuditFlags) => {
      const { client: temporal } = await connectClient();
      try {
        await audit(temporal, flags);
      } finally {
        await temporal.connection.close();
      }
    });
  addSettingsHelp(command, ['TEMPORAL_ADDRESS', 'DEVICEPASS_TASK_QUEUE']);
}

async function audit(temporal: Client, flags: AuditFlags): Promise<void> {
  const { schedule, unschedule, ...rules } = flags;
  const request: AuditRequest = rules;
  const audits = createAudits(temporal, process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass');
  if (unschedule) {
    const was = await audits.unschedule();
    process.stdout.write(was ? `removed schedule ${audits.id}\n` : 'there is no schedule\n');
  } else if (schedule !== undefined) {
    await audits.schedule(schedule, request);
    process.stdout.write(`scheduled ${audits.id}: ${schedule} (UTC)\n`);
  } else {
    process.stderr.write(`Auditing: workflow ${audits.workflowId(request)}\n`);
    const report = await audits.run(request);
    process.stdout.write(textOf(report));
    if (report.findings.some(({ severity }) => severity === 'error')) process.exitCode = FOUND;
  }
}

function textOf({ count, findings }: AuditReport): string {
  const { titles, free, channels, examples } = count;
  const found = findings.length === 0 ? 'nothing found' : `${findings.length} findings`;
  return [
    `${titles} titles, ${free} free, ${channels} channels: ${found}`,
    ...findings.map(({ severity, message }) => `${severity}: ${message}`),
    ...examples.map(({ problem, path, slug = '' }) => `  ${problem} ${path} ${slug}`.trimEnd()),
    '',
  ].join('\n');
}
