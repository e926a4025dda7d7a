import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import type { temppassReset } from '../workflows/temppass-reset.ts';
import type { TempPassResetRequest } from '../workflows/temppass-reset-messages.ts';
import { isNotFound } from '../temporal/not-found.ts';
import { checkApp, checkText } from './device-options.ts';
import { invalidRequest } from './errors.ts';

/** When a TempPass is reset each day. */
export interface DailyReset extends TempPassResetRequest {
  /** `HH:MM`, 24 hours. */
  at: string;
  /** Of the IANA database, such as `America/New_York`. */
  timeZone: string;
}

/** A Schedule as Temporal lists it, a moment after it was made. */
export interface ScheduledReset extends DailyReset {
  scheduleId: string;
  next: Date | undefined;
  /** Somebody paused it in Temporal's UI. */
  isPaused: boolean;
}

/** Daily resets by Temporal Schedules, one an app and a TempPass. */
export interface TempPassResets {
  /**
   * Makes the Schedule, or changes the one that there is.
   *
   * @throws DevicePassError `invalid_request`
   */
  schedule(reset: DailyReset): Promise<{ scheduleId: string }>;
  list(): Promise<ScheduledReset[]>;
  /** False when there was none. */
  remove(reset: Pick<DailyReset, 'app' | 'mvpd'>): Promise<boolean>;
}

/** A reset of yesterday is of no use any more. */
const CATCH_UP = '6 hours';

/** Schedules for the workers of a queue. */
export function createTempPassResets(temporal: Client, taskQueue: string): TempPassResets {
  const prefix = `temppass-reset:${taskQueue}:`;
  const idOf = ({ app, mvpd }: Pick<DailyReset, 'app' | 'mvpd'>) => `${prefix}${app}:${mvpd}`;

  return {
    async schedule(daily) {
      const { hour, minute } = checkedTime(daily);
      const { app, mvpd, promotional, timeZone } = daily;
      const scheduleId = idOf(daily);
      const request = { app, mvpd, ...(promotional ? { promotional } : {}) };
      const spec = { calendars: [{ hour, minute }], timezone: timeZone };
      const action = {
        type: 'startWorkflow',
        workflowType: 'temppassReset',
        workflowId: scheduleId,
        taskQueue,
        args: [request],
        staticSummary: `resets ${mvpd} of ${app}`,
      } satisfies ScheduleOptionsStartWorkflowAction<typeof temppassReset>;
      const policies = { overlap: 'SKIP', catchupWindow: CATCH_UP } as const;
      const handle = temporal.schedule.getHandle(scheduleId);
      const isThere = await ifThere(() =>
        handle.update((former) => ({ ...former, spec, action, policies })),
      );
      if (!isThere) await temporal.schedule.create({ scheduleId, spec, action, policies });
      return { scheduleId };
    },
    async list() {
      const found: ScheduledReset[] = [];
      for await (const { scheduleId } of temporal.schedule.list()) {
        if (!scheduleId.startsWith(prefix)) continue;
        const handle = temporal.schedule.getHandle(scheduleId);
        await ifThere(async () => found.push(scheduledAs(await handle.describe())));
      }
      return found.toSorted((one, other) => one.scheduleId.localeCompare(other.scheduleId));
    },
    remove: async (reset) => ifThere(() => temporal.schedule.getHandle(idOf(reset)).delete()),
  };
}

function scheduledAs({
  scheduleId,
  action,
  spec,
  info,
  state,
}: ScheduleDescription): ScheduledReset {
  const [request] = (action.args ?? []) as [TempPassResetRequest?];
  const [calendar] = spec.calendars ?? [];
  const digits = (of: { start: number }[] | undefined) =>
    String(of?.[0]?.start ?? 0).padStart(2, '0');
  return {
    app: '',
    mvpd: '',
    ...request,
    at: `${digits(calendar?.hour)}:${digits(calendar?.minute)}`,
    timeZone: spec.timezone ?? 'UTC',
    scheduleId,
    next: info.nextActionTimes[0],
    isPaused: state.paused,
  };
}

/** False where there is no such Schedule. */
async function ifThere(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError || isNotFound(error)) return false;
    throw error;
  }
}

/** @throws DevicePassError `invalid_request` */
function checkedTime({ app, mvpd, at, timeZone }: DailyReset): { hour: number; minute: number } {
  checkApp(app);
  checkText('mvpd', mvpd, 100, 'give the id of a TempPass');
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  if (hour === undefined || minute === undefined) {
    throw invalidRequest(`at is ${JSON.stringify(at)}: use HH:MM, as 00:00`);
  }
  if (!isTimeZone(timeZone)) {
    throw invalidRequest(
      `timeZone is ${JSON.stringify(timeZone)}: use a name such as America/New_York, or UTC`,
    );
  }
  return { hour: Number(hour), minute: Number(minute) };
}

/** Offsets such as `+02:00` are none: they know no summer. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
}
