import { setTimeout as delay } from 'node:timers/promises';
import {
  classify,
  type Controls,
  currentUser,
  logIn,
  negativeControls,
  type Preflight,
  preflight,
  checkedHost,
  type Configuration,
  isEncapsulated,
  KeyRolloutError,
  type Ledger,
  type Switched,
  switchEncapsulation,
  TOKEN_HANDLER,
  type TokenKind,
} from '../../key-rollout/index.ts';
import { type Binding, open, seal, type Sealed } from '../../sealing/index.ts';
import type { HostDependencies } from './dependencies.ts';
import { type Ring, ringOf } from './ring.ts';
import { examined, isExamined, keepExamined } from './examined.ts';
import { type Ordered, take } from './orders.ts';
import { inStep } from './step.ts';

/** A login on its way to the instances that are to honour it. */
export interface TravellingLogin {
  from: string;
  user: string;
  token: string;
}

/** What an instance makes of logins, and of what only looks like one. */
export interface Checked {
  /** Ids of the instances whose logins it honours. */
  honoured: string[];
  /** Absent without an encapsulated login to spoil. */
  controls?: Controls;
}

/** Configuration may take a moment to be in force. */
const LOGINS = 3;
/** What the token handler was like before it was switched. */
const HANDLER = 'token-handler';

/** The preflight, and the steps of pass two. */
export function loginActivities(dependencies: HostDependencies) {
  const { host, felix, http, keys, onStep = () => {} } = dependencies;
  return {
    /** Looks at the instance; changes nothing. */
    async examineHost({ order }: Ordered): Promise<Preflight & { ring: Ring }> {
      return inStep('examineHost', host.id, async () => {
        const { order: given, ledger } = await take(dependencies, 'examineHost', order);
        const { terms } = given;
        if (!terms || checkedHost(terms.url) !== host.url) {
          throw new KeyRolloutError({
            code: 'wrong_url',
            message: `the farm has ${terms?.url} for ${host.id}, its agent ${host.url}: correct one of them`,
          });
        }
        const found = await preflight(host, felix, http, terms.watchedPaths);
        // The second look is to be compared with the first.
        if (!(await isExamined(ledger))) await keepExamined(ledger, { ...found, terms });
        onStep('examineHost');
        return { ...found, ring: ringOf(keys) };
      });
    },

    /** The token handler's configuration, kept beside the backups. It holds no secret. */
    async readTokenHandler({ order }: Ordered): Promise<Configuration> {
      return inStep('readTokenHandler', host.id, async () => {
        const { ledger } = await take(dependencies, 'readTokenHandler', order);
        const configuration = await felix.configuration(TOKEN_HANDLER);
        await ledger.keep(HANDLER, configuration);
        onStep('readTokenHandler');
        return configuration;
      });
    },

    /** Switches encapsulated tokens on; all other properties are kept. */
    async switchEncapsulation({ order }: Ordered): Promise<Switched> {
      return inStep('switchEncapsulation', host.id, async () => {
        const { ledger } = await take(dependencies, 'switchEncapsulation', order);
        const before = await handlerBefore(ledger);
        const switched = await switchEncapsulation(host, felix, before, true);
        onStep('switchEncapsulation');
        return switched;
      });
    },

    /** Puts the token handler's configuration back, the switch and all else. */
    async restoreTokenHandler({ order }: Ordered): Promise<Switched> {
      return inStep('restoreTokenHandler', host.id, async () => {
        const { ledger } = await take(dependencies, 'restoreTokenHandler', order);
        const before = await handlerBefore(ledger);
        const switched = await switchEncapsulation(host, felix, before, isEncapsulated(before));
        onStep('restoreTokenHandler');
        return switched;
      });
    },

    /** Signs the test user in, a few times if need be until its token is an encapsulated one. */
    async logInTestUser({
      order,
    }: Ordered): Promise<{ login: Sealed<TravellingLogin>; kind: TokenKind }> {
      return inStep('logInTestUser', host.id, async ({ signal }) => {
        const { order: given, ledger } = await take(dependencies, 'logInTestUser', order);
        const { pollMs } = (await examined(host, ledger)).terms;
        const { user } = host.testUser;
        let token = await logIn(host, http);
        for (let tries = 1; tries < LOGINS && classify(token, user) === 'opaque'; tries += 1) {
          await delay(pollMs, undefined, { signal });
          token = await logIn(host, http);
        }
        const login = await seal<TravellingLogin>(
          keys,
          { from: host.id, user, token },
          forLogins(given.rollout),
        );
        onStep('logInTestUser');
        return { login, kind: classify(token, user) };
      });
    },

    /** Shows each login to the instance, and then what it must not honour. */
    async checkLogins({
      order,
      logins,
    }: Ordered & { logins: Sealed<TravellingLogin>[] }): Promise<Checked> {
      return inStep('checkLogins', host.id, async () => {
        const { order: given } = await take(dependencies, 'checkLogins', order);
        const honoured: string[] = [];
        let controls: Controls | undefined;
        for (const sealed of logins) {
          const { from, user, token } = await open(keys, sealed, forLogins(given.rollout));
          if ((await currentUser(host, http, token))?.id === user) honoured.push(from);
          if (classify(token, user) === 'encapsulated') {
            controls ??= await negativeControls(host, http, token);
          }
        }
        onStep('checkLogins');
        return { honoured, ...(controls ? { controls } : {}) };
      });
    },
  };
}

/** Any instance of the farm may be shown it, in the same roll-out. */
function forLogins(rollout: string): Binding {
  return { purpose: 'aem-login', owner: [rollout] };
}

/** Only what this agent has read itself is ever written, and only of the one configuration. */
async function handlerBefore(ledger: Ledger): Promise<Configuration> {
  const before = await ledger.kept<Configuration>(HANDLER);
  if (before?.pid === TOKEN_HANDLER) return before;
  throw new KeyRolloutError({
    code: 'not_examined',
    message: `the token handler was not read in this roll-out: start it again`,
  });
}
