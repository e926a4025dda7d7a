import { setHandler } from '@temporalio/workflow';
import { approve, pause, progress, resume } from './messages.ts';
import { missingWords } from './missing-words.ts';
import type { KeyRollout } from './rollout.ts';
import { trouble } from './trouble.ts';

/** Which message does what. */
export function receiveMessages(rollout: KeyRollout): void {
  const { state } = rollout;
  setHandler(progress, () => state);
  const heldUp = () =>
    state.waitingFor === undefined ? [] : missingWords(state, state.waitingFor);
  const told = (text: string): string => {
    rollout.tell(text);
    const left = heldUp();
    return left.length === 0 ? text : `${text}; now it waits for ${left.join(' and ')}`;
  };
  setHandler(pause, () => {
    if (state.paused) return 'was paused already';
    state.paused = true;
    return told(state.waitingFor === undefined ? 'will pause before the next instance' : 'paused');
  });
  setHandler(resume, () => {
    if (!state.paused) return 'nothing was paused';
    state.paused = false;
    return told('resumed');
  });
  setHandler(
    approve,
    (step) => {
      state.approved.push(step);
      return told(`${step} approved`);
    },
    {
      validator(step) {
        if (state.waitingFor === step) return;
        const { waitingFor } = state;
        const waits =
          waitingFor === undefined ? 'it waits for nothing' : `it waits for ${waitingFor}`;
        throw trouble({ code: 'not_waiting', message: `${step} can't be approved: ${waits}` });
      },
    },
  );
}
