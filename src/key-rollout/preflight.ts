import type { Http } from '../http/index.ts';
import { type Baseline, baselineOf } from './bundles.ts';
import type { FelixConsole } from './console.ts';
import { TOKEN_HANDLER } from './configuration.ts';
import { isEncapsulated } from './encapsulation.ts';
import { KeyRolloutError } from './errors.ts';
import { type Finding, findingsIn } from './findings.ts';
import { groupsOf } from './groups.ts';
import type { AemHost } from './host.ts';
import type { Fingerprints } from './key-pair.ts';
import { locate } from './locate.ts';
import { currentUser, logIn } from './login-token.ts';
import { statusesOf } from './watched-paths.ts';

export type { Finding } from './findings.ts';

/** What an instance is like before anything is changed. Nothing in it is secret. */
export interface Preflight {
  /** Number of the key bundle on this instance. */
  bundle: number;
  keys: Fingerprints;
  baseline: Baseline;
  encapsulated: boolean;
  testUser: { id: string; groups: string[] };
  findings: Finding[];
  /** Status of each watched path, to be the same afterwards. */
  paths: Record<string, number>;
}

/** AEM's group of those who may do everything. */
const ADMINISTRATORS = 'administrators';

/**
 * Looks at an instance and changes nothing but for one login of the test user.
 *
 * @throws KeyRolloutError for what makes a roll-out impossible here
 */
export async function preflight(
  host: AemHost,
  console: FelixConsole,
  http: Http,
  watchedPaths: readonly string[],
): Promise<Preflight> {
  const bundles = await console.bundles();
  const { bundle, keys } = await locate(host, console);
  const handler = await console.configuration(TOKEN_HANDLER);
  const user = await currentUser(host, http, await logIn(host, http));
  if (user?.id !== host.testUser.user || user.id === host.admin.user) {
    throw new KeyRolloutError({
      code: 'test_user_unfit',
      message: `${host.id}: signing in as ${host.testUser.user} makes one ${user?.id ?? 'nobody'}: use a test user that is no administrator`,
    });
  }
  const groups = await groupsOf(host, http, user.home);
  if (user.id === 'admin' || groups.includes(ADMINISTRATORS)) {
    throw new KeyRolloutError({
      code: 'test_user_unfit',
      message: `${host.id}: ${user.id} is an administrator: use a test user that is none`,
    });
  }
  return {
    bundle,
    keys,
    baseline: baselineOf(bundles),
    encapsulated: isEncapsulated(handler),
    testUser: { id: user.id, groups },
    findings: findingsIn(await console.configurations(), handler),
    paths: await statusesOf(host, http, watchedPaths),
  };
}
