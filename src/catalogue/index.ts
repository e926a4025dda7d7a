export { createTitles } from './titles.ts';
export type { PageRequest, TitlePage, Titles, TitlesOptions } from './titles.ts';
export { createEntitlements } from './entitlements.ts';
export type {
  AccessProblem,
  Entitlements,
  EntitlementsOptions,
  Viewer,
  ViewerAccess,
} from './entitlements.ts';
export { accessOf, channelsOf } from './access.ts';
export type { TitleAccess } from './access.ts';
export { isAvailable } from './availability.ts';
export { resourceIdOf } from './resource-id.ts';
export { refusedBy } from './rules.ts';
export type { PlayRequest, PlayRules, Refusal } from './rules.ts';
