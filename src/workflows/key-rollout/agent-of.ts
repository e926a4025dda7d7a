import {
  ActivityFailure,
  type ActivityOptions,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { HostActivities } from '../../activities/key-rollout/index.ts';
import { hostStep, patientHostStep } from '../activity-options.ts';
import { duration } from './duration.ts';
import type { HostProgress, Mandate, RolloutLimits } from './messages.ts';
import { trouble } from './trouble.ts';

/** The orders that are left for one host, by step. */
export type Orders = Mandate['orders'][string];

/** What an agent can be asked for. Its order is added on the way, by step and `what`. */
export type Agent = {
  [step in keyof HostActivities]: (
    request: Omit<Parameters<HostActivities[step]>[0], 'order'> & { what?: string },
  ) => ReturnType<HostActivities[step]>;
};

/** The agent of an instance: operators see what it is asked for, and which one does not answer. */
export function agentOf(
  progress: HostProgress,
  limits: RolloutLimits,
  orders: Orders,
  onChange: () => void,
): Agent {
  const options = hostStep(progress.id, limits);
  return asked(progress, options, limits.agentWithinMs, orderFrom(orders, progress.id), onChange);
}

/** The same with more patience, and with the orders for putting things back. */
export function patientAgentOf(
  progress: HostProgress,
  limits: RolloutLimits,
  orders: Orders,
  onChange: () => void,
): Agent {
  const options = patientHostStep(progress.id, limits);
  const next = orderFrom(orders, progress.id, 'back');
  return asked(progress, options, limits.rollBackWithinMs, next, onChange);
}

type Step = (request: object) => Promise<unknown>;

/** Takes the next order for a step, or says that there is none. */
function orderFrom(orders: Orders, id: string, way?: 'back') {
  return (step: string, { what }: { what?: string }) => {
    const order = orders[[way, step, what].filter(Boolean).join(':')]?.shift();
    if (order !== undefined) return order;
    throw trouble({ code: 'order_missing', message: `there is no order for ${step} of ${id}` });
  };
}

function asked(
  progress: HostProgress,
  options: ActivityOptions,
  withinMs: number,
  orderFor: ReturnType<typeof orderFrom>,
  onChange: () => void,
): Agent {
  const steps = proxyActivities<HostActivities>(options);
  const observed = (step: string, run: Step): Step =>
    async function ask({ what, ...input }: { what?: string }) {
      const order = orderFor(step, what === undefined ? {} : { what });
      progress.asked = { step, since: Date.now(), withinMs };
      onChange();
      try {
        return await run({ ...input, order });
      } catch (error) {
        throw named(error, progress.id, step, withinMs);
      } finally {
        delete progress.asked;
        onChange();
      }
    };
  return new Proxy(steps as unknown as Agent, {
    get: (target, step) => observed(String(step), Reflect.get(target, step) as Step),
  });
}

/** Temporal says which step ran out of time, but not whose. */
function named(error: unknown, id: string, step: string, withinMs: number): unknown {
  if (!(error instanceof ActivityFailure && error.cause instanceof TimeoutFailure)) return error;
  if (error.cause.timeoutType === 'SCHEDULE_TO_START') {
    return trouble({
      code: 'agent_missing',
      message: `the agent of ${id} did not answer for ${duration(withinMs)}: start \`devicepass agent\` there`,
    });
  }
  return trouble({
    code: 'agent_silent',
    message: `the agent of ${id} did not end ${step} in time: see its log`,
  });
}
