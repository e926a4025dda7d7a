import type { FarmFaults } from './faults.ts';
import { Instance } from './instance.ts';
import { TOKEN_HANDLER } from './metatype.ts';
import { type FarmOptions, type FarmUser, settingsOf } from './options.ts';
import type { FarmRequest } from './request.ts';
import { instanceServer } from './serve.ts';

/** One running instance of the farm. */
export interface FarmInstance {
  id: string;
  url: string;
  /** The folder that `crx-quickstart` is in. */
  installDir: string;
  /** The folder of the key files, wherever that is now. */
  keyFolder: () => string;
  /** The file that says where the keys are kept: `Bundle` or `JCR`. */
  cryptoStorage: string;
  /** The keys in memory; nothing when they could not be read. */
  loaded: () => { hmac: Buffer; master: Buffer } | undefined;
  /** Users of this instance; tests may change them in place. */
  users: Map<string, FarmUser>;
  /** Refused logins in a row, by user. */
  failures: () => ReadonlyMap<string, number>;
  faults: FarmFaults;
  /** Every request, oldest first. */
  requests: readonly FarmRequest[];
  /** What is stored of the token handler's configuration. */
  tokenHandler: () => Record<string, unknown>;
  /** Stores a property of it as deployed code would. */
  deploy: (properties: Record<string, string | number | boolean | string[]>) => void;
  /** Bundles that are not active, with their states. */
  resting: () => Record<string, number>;
  /** Whether its SAML login can open the key store. */
  samlWorks: () => boolean;
  /** The key bundle is installed anew and has another number. */
  moveKeyBundle: () => void;
  /** Goes away, with all its connections. */
  stop: () => Promise<void>;
}

/** A running farm. */
export interface Farm {
  instances: readonly FarmInstance[];
  /** The instance of that id. Throws for another. */
  at: (id: string) => FarmInstance;
  /** Every login token given out, as it is in the cookie and decoded. */
  tokens: () => string[];
  stop: () => Promise<void>;
}

/**
 * Starts instances of AEM on real HTTP, each with key files of its own in a folder of its own.
 * They share nothing: what one signs another honours only with the same keys and the same user.
 */
export async function startFarm(options: FarmOptions): Promise<Farm> {
  const settings = settingsOf(options);
  const running = await Promise.all(
    settings.instances.map(async (id, index) => {
      const instance = new Instance(id, index, settings);
      const app = instanceServer(instance);
      await app.listen({ host: settings.host, port: 0 });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const stop = async () => {
        instance.stop();
        await app.close();
      };
      const shown: FarmInstance = {
        id,
        url: `http://${settings.host}:${String(port)}`,
        installDir: instance.home,
        keyFolder: () => instance.keyFolder,
        cryptoStorage: instance.cryptoStorage,
        loaded: () => instance.keys,
        users: instance.users,
        failures: () => instance.failures,
        faults: instance.faults,
        requests: instance.requests,
        tokenHandler: () => instance.configurations.stored(TOKEN_HANDLER) ?? {},
        deploy: (properties) => {
          const stored = instance.configurations.stored(TOKEN_HANDLER);
          instance.configurations.put(TOKEN_HANDLER, { ...stored, ...properties });
        },
        resting: () =>
          Object.fromEntries(
            instance.bundles
              .filter(({ stateRaw }) => stateRaw !== 32)
              .map(({ symbolicName, stateRaw }) => [symbolicName, stateRaw]),
          ),
        samlWorks: () => instance.samlWorks,
        moveKeyBundle: () => instance.moveKeyBundle(),
        stop,
      };
      return { instance, shown };
    }),
  );
  return {
    instances: running.map(({ shown }) => shown),
    at(id) {
      const found = running.find(({ shown }) => shown.id === id);
      if (!found) throw new Error(`no instance ${id} in the farm`);
      return found.shown;
    },
    tokens: () => running.flatMap(({ instance }) => instance.tokens),
    async stop() {
      await Promise.all(running.map(async ({ shown }) => shown.stop()));
    },
  };
}
