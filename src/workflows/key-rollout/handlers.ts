import { setHandler } from '@temporalio/workflow';
import { approve, pause, progress, resume } from './messages.ts';
import type { KeyRollout } from './rollout.ts';
import { trouble } from './trouble.ts';

/** Which message does what. */
export function receiveMessages(rollout: KeyRollout): void {
  const { state } = rollout;
  setHandler(progress, () => state);
  setHandler(pause, () => {
    state.paused = true;
    rollout.tell('will pause before the next instance');
  });
  setHandler(resume, () => {
    state.paused = false;
  });
  setHandler(approve, (step) => void rollout.approved.add(step), {
    validator(step) {
      if (state.waitingFor === step) return;
      const waits = state.waitingFor ? `it waits for ${state.waitingFor}` : 'it waits for nothing';
      throw trouble({ code: 'not_waiting', message: `${step} can't be approved: ${waits}` });
    },
  });
}
