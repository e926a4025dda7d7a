import type { HostDependencies } from './dependencies.ts';
import { keyActivities } from './keys.ts';
import { loginActivities } from './logins.ts';

export type { HostDependencies } from './dependencies.ts';
export type { Checked } from './logins.ts';

/** All that an agent does to its AEM. Only it touches the key files of its host. */
export function createHostActivities(dependencies: HostDependencies) {
  return { ...loginActivities(dependencies), ...keyActivities(dependencies) };
}

export type HostActivities = ReturnType<typeof createHostActivities>;
