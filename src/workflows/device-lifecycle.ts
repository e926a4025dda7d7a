import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import type { Sealed } from '../sealing/index.ts';
import { receiveMessages } from './handlers/index.ts';
import { mustBeOwnWorkflow, ownDevice, proofForNextRun } from './own-state.ts';
import { awaitingLogin } from './phases/awaiting-login.ts';
import { isTimeForANewRun } from './phases/long-run.ts';
import { endForgotten, isLeftAlone } from './phases/life.ts';
import { signedIn } from './phases/signed-in.ts';
import { signedOut } from './phases/signed-out.ts';
import { beginLife, type DeviceState } from './state.ts';
import { tellOfPhase } from './watchers.ts';

const phases = {
  'signed-out': signedOut,
  'awaiting-login': awaitingLogin,
  'signed-in': signedIn,
};

/**
 * The life of one TV device with its pay-TV provider, until nobody has heard of it for long; then the
 * next request begins another.
 *
 *     signed-out ──authenticate──▶ awaiting-login ──profile found──▶ signed-in ──▶ signed-out
 *
 * Each phase waits for what ends it; messages do the work in between. A run that has grown long is
 * carried on by a new one, though never while somebody is looking at a code.
 */
export async function deviceLifecycle(given: DeviceState, proof?: Sealed<null>): Promise<void> {
  mustBeOwnWorkflow(given);
  const device = await ownDevice(given, proof);
  if (device.state.generation === 0) device.change(beginLife(device.state, Date.now()));
  receiveMessages(device);
  if (proof !== undefined) device.publish(); // what was shown does not outlive the run before

  let told = device.state.generation;
  const tell = () => {
    if (device.state.generation !== told) tellOfPhase(device);
    told = device.state.generation;
  };
  let forNextRun: Sealed<null> | undefined;
  while (!forNextRun) {
    const { renewed, isOver } = await phases[device.state.phase.name](device);
    if (device.isForgotten) return endForgotten(device);
    device.publish();
    // Who watches a code asks for its successor when it ends: telling it costs six events a code.
    if (renewed) told = device.state.generation;
    tell();
    if (device.isStranger) return condition(allHandlersFinished);
    if (isOver && (await isLeftAlone(device))) return;
    if (await isTimeForANewRun(device)) forNextRun = await proofForNextRun(device);
    if (!forNextRun) tell(); // a request that came just now may have begun a phase that lasts
  }
  await continueAsNew<typeof deviceLifecycle>(device.state, forNextRun);
}
