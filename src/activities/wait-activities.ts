import { awaitProfile, type AwaitedLogin, type Wanted } from './await-profile.ts';
import type { Dependencies } from './dependencies.ts';

export function waitActivities(dependencies: Dependencies) {
  return {
    /** The long one: polls until the profile is there or the code is over. */
    async awaitProfile(wanted: Wanted): Promise<AwaitedLogin> {
      return awaitProfile(dependencies, wanted);
    },

    /** Ends the wait for a device whose code nobody wants any more, where it runs in this process. */
    async stopWaiting(whose: { app: string; deviceId: string }): Promise<{ stopped: number }> {
      return dependencies.waits.stop(whose);
    },
  };
}
