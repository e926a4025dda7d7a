import { condition } from '@temporalio/workflow';
import type { Device } from '../device.ts';
import { type PhaseEnd, runIsLong } from './long-run.ts';

/** Nobody is signed in. `authenticate` ends this phase; waiting for it costs nothing. */
export async function signedOut(device: Device): Promise<PhaseEnd> {
  const { generation } = device.state;
  await condition(() => device.state.generation !== generation || runIsLong(device));
  return {};
}
