import type { AemEnvironment } from '../aem-environment.ts';
import { catalogueActivities } from './catalogue.ts';
import { decisionActivities } from './decisions.ts';
import type { Dependencies } from './dependencies.ts';
import { imsTokenActivities } from './ims-token.ts';
import { lastAudit } from './last-audit.ts';
import { logoutActivities } from './logout.ts';
import { profileActivities } from './profiles.ts';
import { registrationActivities } from './registration.ts';
import { sessionActivities } from './sessions.ts';
import { settingsActivities } from './settings.ts';
import { stateActivities } from './states.ts';

export type { Dependencies } from './dependencies.ts';
export { Waits } from './waits.ts';

/** Interactive calls: they run as local activities, within one workflow task. */
export function createActivities(dependencies: Dependencies) {
  return {
    ...settingsActivities(dependencies),
    ...stateActivities(dependencies),
    ...registrationActivities(dependencies),
    ...sessionActivities(dependencies),
    ...profileActivities(dependencies),
    ...decisionActivities(dependencies),
    ...logoutActivities(dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;

/** Slow work on AEM: regular activities, on a queue that only workers with AEM serve. */
export function createAemActivities({
  tokens,
  catalogue,
}: Pick<AemEnvironment, 'tokens' | 'catalogue'>) {
  return {
    ...imsTokenActivities(tokens),
    ...catalogueActivities(catalogue),
    lastAudit,
  };
}

export type AemActivities = ReturnType<typeof createAemActivities>;
