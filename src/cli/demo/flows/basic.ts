import { lifecycle } from '../lifecycle.ts';
import type { Flow } from './flow.ts';

/** A code, a sign-in on a phone, a play and a logout. */
export const basic: Flow = {
  description: 'a code, a sign-in with a phone, a play, a logout',
  async play({ stage, tv, device, timeline, options }) {
    const figures = await lifecycle(stage, tv, device.workflowId, timeline, options);
    const { historyEvents } = figures;
    const summary = `a code, a sign-in, a play and a logout, in ${historyEvents} history events`;
    return { figures, summary };
  },
};
