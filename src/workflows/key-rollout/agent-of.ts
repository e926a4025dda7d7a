import {
  ActivityFailure,
  type ActivityOptions,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { HostActivities } from '../../activities/key-rollout/index.ts';
import { hostStep, patientHostStep } from '../activity-options.ts';
import { duration } from './duration.ts';
import type { HostProgress, RolloutLimits } from './messages.ts';
import { trouble } from './trouble.ts';

/** The agent of an instance: operators see what it is asked for, and which one does not answer. */
export function agentOf(
  progress: HostProgress,
  limits: RolloutLimits,
  onChange: () => void,
): HostActivities {
  const options = hostStep(progress.id, limits);
  return asked(progress, options, limits.agentWithinMs, onChange);
}

/** The same, with more patience. */
export function patientAgentOf(
  progress: HostProgress,
  limits: RolloutLimits,
  onChange: () => void,
): HostActivities {
  const options = patientHostStep(progress.id, limits);
  return asked(progress, options, limits.rollBackWithinMs, onChange);
}

type Step = (...input: unknown[]) => Promise<unknown>;

function asked(
  progress: HostProgress,
  options: ActivityOptions,
  withinMs: number,
  onChange: () => void,
): HostActivities {
  const steps = proxyActivities<HostActivities>(options);
  const observed = (step: string, run: Step): Step =>
    async function ask(...input) {
      progress.asked = { step, since: Date.now(), withinMs };
      onChange();
      try {
        return await run(...input);
      } catch (error) {
        throw named(error, progress.id, step, withinMs);
      } finally {
        delete progress.asked;
        onChange();
      }
    };
  return new Proxy(steps, {
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
