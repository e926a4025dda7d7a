import { condition } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { runIsLong } from './long-run.ts';
import type { PhaseEnd } from './phase-end.ts';

/** Nobody is signed in. `authenticate` ends this phase; waiting for it costs nothing. */
export async function signedOut(device: Device): Promise<PhaseEnd> {
  const { generation } = device.state;
  await condition(
    () => device.state.generation !== generation || runIsLong(device) || device.isStranger,
  );
  return {};
}
