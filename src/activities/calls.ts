import { decisionCalls } from './decisions.ts';
import type { Dependencies } from './dependencies.ts';
import { logoutCalls } from './logout.ts';
import { profileCalls } from './profiles.ts';
import { registrationCalls } from './registration.ts';
import { sessionCalls } from './sessions.ts';

/** What can be asked of Adobe for a device, one operation each. */
export function createCalls(dependencies: Dependencies) {
  return {
    ...registrationCalls(dependencies),
    ...sessionCalls(dependencies),
    ...profileCalls(dependencies),
    ...decisionCalls(dependencies),
    ...logoutCalls(dependencies),
  };
}

export type Calls = ReturnType<typeof createCalls>;
