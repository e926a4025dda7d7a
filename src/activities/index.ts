import type { AemEnvironment } from '../aem-environment.ts';
import { catalogueActivities } from './catalogue.ts';
import type { Dependencies } from './dependencies.ts';
import { imsTokenActivities } from './ims-token.ts';
import { lastAudit } from './last-audit.ts';
import { requestActivities } from './requests/index.ts';
import { stateActivities } from './states.ts';

export type { Dependencies } from './dependencies.ts';
export { WaitingRoom } from './waiting-room.ts';

/** What devices need: local activities, within one workflow task. */
export function createActivities(dependencies: Dependencies) {
  return {
    ...stateActivities(dependencies),
    ...requestActivities(dependencies),
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

/** Resets of trials: regular activities, on a queue that only workers with a statement for them serve. */
export { temppassResetActivities as createManagementActivities } from './temppass-reset.ts';
export type { ManagementActivities } from './temppass-reset.ts';

export type AemActivities = ReturnType<typeof createAemActivities>;
