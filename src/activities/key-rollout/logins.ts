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
  type Switched,
  switchEncapsulation,
  TOKEN_HANDLER,
  type TokenKind,
} from '../../key-rollout/index.ts';
import { type Binding, open, seal, type Sealed } from '../../sealing/index.ts';
import type { HostDependencies } from './dependencies.ts';
import { type Ring, ringOf } from './ring.ts';
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
/** Any instance of the farm may be shown it. */
const LOGIN: Binding = { purpose: 'aem-login', owner: [] };

/** The preflight, and the steps of pass two. */
export function loginActivities({ host, felix, http, keys, onStep = () => {} }: HostDependencies) {
  return {
    /** Looks at the instance; changes nothing. */
    async examineHost(request: {
      url: string;
      watchedPaths: string[];
    }): Promise<Preflight & { ring: Ring }> {
      return inStep('examineHost', host.id, async () => {
        if (checkedHost(request.url) !== host.url) {
          throw new KeyRolloutError({
            code: 'wrong_url',
            message: `the farm has ${request.url} for ${host.id}, its agent ${host.url}: correct one of them`,
          });
        }
        const found = await preflight(host, felix, http, request.watchedPaths);
        onStep('examineHost');
        return { ...found, ring: ringOf(keys) };
      });
    },

    /** The token handler's configuration, to be kept by the workflow. It holds no secret. */
    async readTokenHandler(): Promise<Configuration> {
      return inStep('readTokenHandler', host.id, async () => {
        const configuration = await felix.configuration(TOKEN_HANDLER);
        onStep('readTokenHandler');
        return configuration;
      });
    },

    /** Switches encapsulated tokens on; all other properties are kept. */
    async switchEncapsulation({ before }: { before: Configuration }): Promise<Switched> {
      return inStep('switchEncapsulation', host.id, async () => {
        const switched = await switchEncapsulation(host, felix, before, true);
        onStep('switchEncapsulation');
        return switched;
      });
    },

    /** Puts the token handler's configuration back, the switch and all else. */
    async restoreTokenHandler({ before }: { before: Configuration }): Promise<Switched> {
      return inStep('restoreTokenHandler', host.id, async () => {
        const switched = await switchEncapsulation(host, felix, before, isEncapsulated(before));
        onStep('restoreTokenHandler');
        return switched;
      });
    },

    /** Signs the test user in, a few times if need be until its token is an encapsulated one. */
    async logInTestUser({
      pollMs,
    }: {
      pollMs: number;
    }): Promise<{ login: Sealed<TravellingLogin>; kind: TokenKind }> {
      return inStep('logInTestUser', host.id, async ({ signal }) => {
        const { user } = host.testUser;
        let token = await logIn(host, http);
        for (let tries = 1; tries < LOGINS && classify(token, user) === 'opaque'; tries += 1) {
          await delay(pollMs, undefined, { signal });
          token = await logIn(host, http);
        }
        const login = await seal<TravellingLogin>(keys, { from: host.id, user, token }, LOGIN);
        onStep('logInTestUser');
        return { login, kind: classify(token, user) };
      });
    },

    /** Shows each login to the instance, and then what it must not honour. */
    async checkLogins({ logins }: { logins: Sealed<TravellingLogin>[] }): Promise<Checked> {
      return inStep('checkLogins', host.id, async () => {
        const honoured: string[] = [];
        let controls: Controls | undefined;
        for (const sealed of logins) {
          const { from, user, token } = await open(keys, sealed, LOGIN);
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
