import { decisionActivities } from './decisions.ts';
import type { Dependencies } from './dependencies.ts';
import { logoutActivities } from './logout.ts';
import { profileActivities } from './profiles.ts';
import { registrationActivities } from './registration.ts';
import { sessionActivities } from './sessions.ts';
import { settingsActivities } from './settings.ts';

export type { Dependencies } from './dependencies.ts';
export { Waits } from './waits.ts';

/** Interactive calls: they run as local activities, within one workflow task. */
export function createActivities(dependencies: Dependencies) {
  return {
    ...settingsActivities(dependencies),
    ...registrationActivities(dependencies),
    ...sessionActivities(dependencies),
    ...profileActivities(dependencies),
    ...decisionActivities(dependencies),
    ...logoutActivities(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
