import { DevicePassError, type DeviceClient } from '../../../client.ts';
import { CommandError } from '../../fail.ts';
import { lifecycle } from '../lifecycle.ts';
import type { Flow, Scene } from './flow.ts';

/** Two trials in a row, the answer when both are used up, and then a sign-in as ever. */
export const temppass: Flow = {
  description: 'two free trials in a row, both used up, then a sign-in without a logout',
  needsSandbox: true,
  async play(scene) {
    const { stage, tv, device, timeline, options } = scene;
    const trials: string[] = [];
    for (let mvpd = await begin(device); mvpd !== undefined; mvpd = await begin(device)) {
      trials.push(mvpd);
      timeline.step('TV', `gets a trial: ${mvpd}`, '(no code, no list of providers)');
      await useUp(scene);
    }
    timeline.step('TV', 'all trials are used up', '(trials_used_up: offer a sign-in)');
    const figures = await lifecycle(stage, tv, device.workflowId, timeline, options);
    return {
      figures: { ...figures, trials },
      summary: `${trials.length} trials in a row, and a sign-in after them without a logout`,
    };
  },
};

/** @returns the trial, or nothing where none is left */
async function begin(device: DeviceClient): Promise<string | undefined> {
  try {
    const standing = await device.authenticate({ trial: true });
    if (standing.status === 'signed-in') return standing.profile.mvpd.id;
  } catch (error) {
    if (!(error instanceof DevicePassError)) throw error;
    if (error.code === 'trials_used_up') return undefined;
    throw new CommandError(`no trial could be had (${error.code}): ${error.message}`);
  }
  throw new CommandError('the TV is not signed in with a trial: see its last error');
}

/** A play starts the clock; ten minutes pass in no time. */
async function useUp({ stage, device, timeline }: Scene): Promise<void> {
  const { serviceProvider } = stage.app;
  const play = await device.authorize(serviceProvider);
  timeline.step('TV', `plays: ${play.status}`, '(its clock starts)');
  stage.sandbox?.useUpTrials();
  const after = await device.authorize(serviceProvider);
  const code = after.status === 'denied' ? after.code : after.status;
  timeline.step('TV', 'its time is over: the stream stops', `(${code})`);
}
