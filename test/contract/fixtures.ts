import { signInFixtures } from './fixtures-sign-in.ts';
import { partnerFixtures } from './fixtures-partner.ts';
import { viewerFixtures } from './fixtures-viewer.ts';

/** At least one exchange of each of the fourteen operations. */
export const fixtures = [...signInFixtures, ...viewerFixtures, ...partnerFixtures];
