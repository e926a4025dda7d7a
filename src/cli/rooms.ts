import { once } from 'node:events';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Command } from 'commander';
import { connectClient } from '../temporal/connect-client.ts';
import { listRooms, type OpenRoom } from '../temporal/list-rooms.ts';
import { noSuchNamespace } from '../temporal/namespace.ts';
import { CommandError } from './fail.ts';
import { ownAddress } from './own-address.ts';
import { serveRooms } from './serve-rooms.ts';
import { wholeNumber } from './sandbox.ts';
import { addSettingsHelp } from './settings-help.ts';

/** By docs/capacity.md, where a test compares it with what was measured. */
export const DEVICES_PER_WORKER = 1_300;
/** With one nobody is polled for while it is away. */
const LEAST_WORKERS = 2;
const ANSWER_WITHIN_MS = 10_000;

interface RoomsFlags {
  json: boolean;
  devicesPerWorker: number;
  listen?: number;
  host: string;
}

/** What an autoscaler goes by, and operators. */
export interface Rooms {
  taskQueue: string;
  rooms: OpenRoom[];
  waiting: number;
  devicesPerWorker: number;
  /** Workers that there should be. */
  wanted: number;
}

/** Which workers there are, and how many devices wait in each. Needs no keys. */
export function addRooms(program: Command): void {
  const command = program
    .command('rooms')
    .description('lists the waiting rooms of the workers, and says how many workers are wanted')
    .option('--json', 'one line of JSON', false)
    .option(
      '--devices-per-worker <number>',
      'devices that may wait in one worker',
      wholeNumber(1, 1_000_000),
      DEVICES_PER_WORKER,
    )
    .option(
      '--listen <port>',
      'answers an autoscaler with that JSON by HTTP, until SIGTERM',
      wholeNumber(0, 65_535),
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(async (flags: RoomsFlags) => {
      const { client, namespace } = await connectClient();
      const taskQueue = process.env['DEVICEPASS_TASK_QUEUE'] || 'devicepass';
      const look = async () => roomsOf(client, { namespace, taskQueue, ...flags });
      try {
        if (flags.listen === undefined) {
          const rooms = await look();
          process.stdout.write(flags.json ? `${JSON.stringify(rooms)}\n` : textOf(rooms));
        } else {
          await untilStopped(await ownAddress(flags.host), flags.listen, look);
        }
      } finally {
        await client.connection.close();
      }
    });
  addSettingsHelp(command, ['TEMPORAL_ADDRESS', 'DEVICEPASS_TASK_QUEUE']);
}

async function untilStopped(host: string, port: number, look: () => Promise<Rooms>): Promise<void> {
  const serving = await serveRooms({ host, port, look });
  process.stdout.write(`Rooms at ${serving.url}\nCtrl+C stops it.\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await serving.stop();
}

/** @throws CommandError where there is no room: an autoscaler does nothing then, but with a 0 it would */
async function roomsOf(
  client: Client,
  {
    namespace,
    taskQueue,
    devicesPerWorker,
  }: { namespace: string; taskQueue: string; devicesPerWorker: number },
): Promise<Rooms> {
  const rooms = await client
    .withDeadline(Date.now() + ANSWER_WITHIN_MS, async () => listRooms(client, taskQueue))
    .catch((error: unknown) => {
      throw noSuchNamespace(error, namespace) ?? unanswered(error) ?? error;
    });
  if (rooms.length === 0) {
    throw new CommandError(
      `no worker of task queue ${taskQueue} has an open room in namespace ${namespace}: is one running? Check DEVICEPASS_TASK_QUEUE`,
    );
  }
  return { taskQueue, rooms, ...needOf(rooms, devicesPerWorker) };
}

/** Temporal refuses, or took too long. */
function unanswered(error: unknown): CommandError | undefined {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (!isGrpcServiceError(cause)) return undefined;
  return new CommandError(`Temporal did not list the rooms (${cause.details}): try again`);
}

/** A room that does not tell, as those of an older version, may be full. */
export function needOf(
  rooms: readonly Pick<OpenRoom, 'waiting'>[],
  devicesPerWorker: number,
): Pick<Rooms, 'waiting' | 'devicesPerWorker' | 'wanted'> {
  const sum = (otherwise: number) =>
    rooms.reduce((total, { waiting = otherwise }) => total + waiting, 0);
  const wanted = Math.ceil(sum(devicesPerWorker) / devicesPerWorker);
  return { waiting: sum(0), devicesPerWorker, wanted: Math.max(LEAST_WORKERS, wanted) };
}

function textOf({ rooms, waiting, devicesPerWorker, wanted }: Rooms): string {
  const rows = rooms.map((room) => [
    room.room,
    room.worker,
    new Date(room.since).toISOString(),
    String(room.waiting ?? '?'),
    `${((Date.now() - room.heardOf) / 1_000).toFixed(1)} s ago`,
  ]);
  const table = [['room', 'worker', 'since', 'waiting', 'heard of'], ...rows];
  const widths = table[0]?.map((_none, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return [
    ...table.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    '',
    `${rooms.length} ${rooms.length === 1 ? 'room' : 'rooms'}, ${waiting} waiting: ${wanted} workers wanted, with ${devicesPerWorker} devices each`,
    '',
  ].join('\n');
}
