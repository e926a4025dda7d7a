import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import { hashDeviceId } from '../adobe-pass/index.ts';
import { connectClient } from '../temporal/connect-client.ts';
import { noSuchNamespace } from '../temporal/namespace.ts';
import { deviceWorkflowId } from '../device-identity.ts';
import { type DeviceView, view } from '../workflows/messages.ts';
import { nameOf } from '../workflows/current-details.ts';
import { addForget } from './device-forget.ts';
import { wantedDevice } from './device-named.ts';
import { CommandError } from './fail.ts';

const ANSWER_WITHIN_MS = 10_000;

/** From a customer's device to its workflow, and where it stands. Needs no keys. */
export function addDevice(program: Command): void {
  const device = program
    .command('device <app> [id]')
    .description('finds the workflow of a device and shows where it stands')
    .addHelpText(
      'after',
      '\nid: as the client was given it, the installation id of a TV at the gateway, or its client_id.\nA client_id names its app, so it may stand alone.',
    )
    .option('--json', 'one line of JSON', false)
    .action(async (first: string, second: string | undefined, { json }: { json: boolean }) => {
      const { app, id } = wantedDevice(first, second);
      const queue = process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass';
      const workflowId = deviceWorkflowId(queue, { app, deviceId: hashDeviceId(app, id) });
      const found = await viewOf(workflowId, `${app} ${id}`);
      process.stdout.write(
        json ? `${JSON.stringify({ workflowId, ...found })}\n` : textOf(workflowId, found),
      );
    });
  addForget(device);
}

async function viewOf(workflowId: string, device: string): Promise<DeviceView> {
  const { client, namespace } = await connectClient();
  try {
    return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.workflow.getHandle(workflowId).query(view),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      throw new CommandError(
        `namespace ${namespace} knows no device ${device} (${workflowId}): check app and id, as given to the client, and DEVICEPASS_TASK_QUEUE`,
      );
    }
    const unknown = noSuchNamespace(error, namespace);
    if (unknown) throw unknown;
    const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
    if (!isGrpcServiceError(cause)) throw error;
    throw new CommandError(
      `${workflowId} did not say where it stands (${cause.details}): is a worker running?`,
    );
  } finally {
    await client.connection.close();
  }
}

function textOf(workflowId: string, { lastError, calls, ...device }: DeviceView): string {
  return [
    workflowId,
    headline(device),
    `service provider ${device.serviceProvider ?? 'not known yet'}, ` +
      `${device.registered ? 'registered' : 'not registered'}, ${device.watchers} watching, ` +
      `${device.automaticSessions} automatic sessions`,
    lastError
      ? `last error ${iso(lastError.at)} ${lastError.operation}: ${lastError.code}, action ${lastError.action}: ${lastError.message}` +
        (lastError.trace === undefined ? '' : ` (trace ${lastError.trace})`)
      : 'no error',
    ...(calls.length === 0 ? [] : ['', ...tableOf(calls)]),
    '',
  ].join('\n');
}

function headline({ standing }: Pick<DeviceView, 'standing'>): string {
  switch (standing.status) {
    case 'pending':
      return `waits for a login with code ${standing.code} until ${iso(standing.expiresAt)}`;
    case 'signed-in':
      return `signed in with ${nameOf(standing.profile)} until ${iso(standing.profile.notAfter)}`;
    case 'signed-out':
      return `signed out (${standing.reason})`;
  }
}

/** The last calls, newest first, in columns as wide as they need to be. */
function tableOf(calls: DeviceView['calls']): string[] {
  const rows = calls
    .toReversed()
    .map(({ at, operation, status = '', code = '', ms, about = '', trace = '' }) =>
      [iso(at), operation, status, code, ms, short(about), trace].map(String),
    );
  const table = [['at', 'call', 'status', 'code', 'ms', 'about', 'trace'], ...rows];
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** A resource may be a whole MRSS document. */
function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
