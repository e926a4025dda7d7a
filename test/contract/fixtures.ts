import { signInFixtures } from './fixtures-sign-in.ts';
import { viewerFixtures } from './fixtures-viewer.ts';

/** At least one exchange of each of the twelve operations. */
export const fixtures = [...signInFixtures, ...viewerFixtures];
