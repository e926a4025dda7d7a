import {
  activate,
  backUp,
  type Baseline,
  dataFolder,
  type Fingerprints,
  keyFolder,
  KeyRolloutError,
  locate,
  type Means,
  readPair,
  replacePair,
  restore,
  sameKeys,
} from '../../key-rollout/index.ts';
import { open, seal, type Sealed } from '../../sealing/index.ts';
import type { HostDependencies } from './dependencies.ts';
import { inStep } from './step.ts';

/** Which roll-out asks, and where it found the keys of this host. */
export interface KeysRef {
  rollout: string;
  /** Number of the key bundle at the preflight. */
  bundle: number;
}

/** A pair of keys on its way. Base64, for a sealed value is JSON. */
export interface TravellingKeys {
  for: string;
  rollout: string;
  hmac: string;
  master: string;
}

export interface ActivateRequest extends KeysRef {
  means: Means;
  baseline: Baseline;
  paths: Record<string, number>;
  withinMs: number;
  pollMs: number;
}

/** The steps of pass one. Each may be repeated, also after half of it was done. */
export function keyActivities({ host, felix, http, keys, onStep = () => {} }: HostDependencies) {
  return {
    /** Both fingerprints as they are now. */
    async locateKeys({ bundle }: KeysRef): Promise<Fingerprints> {
      return inStep('locateKeys', host.id, async () => (await locate(host, felix, bundle)).keys);
    },

    /** The keys of this host, sealed for another. */
    async readKeys(
      request: KeysRef & { for: string; keys: Fingerprints },
    ): Promise<Sealed<TravellingKeys>> {
      return inStep('readKeys', host.id, async () => {
        const found = await locate(host, felix, request.bundle);
        if (!sameKeys(found.keys, request.keys)) {
          throw new KeyRolloutError({
            code: 'keys_changed',
            message: `the keys of ${host.id} are others than at the preflight: start the roll-out again`,
          });
        }
        const { hmac, master } = await readPair(found.folder);
        const sealed = await seal<TravellingKeys>(
          keys,
          {
            for: request.for,
            rollout: request.rollout,
            hmac: hmac.toString('base64'),
            master: master.toString('base64'),
          },
          { purpose: 'aem-keys', owner: [request.rollout, request.for] },
        );
        onStep(`readKeys:${request.for}`);
        return sealed;
      });
    },

    /** Copies the present keys out of the way. */
    async backUpKeys({ rollout, bundle }: KeysRef): Promise<Fingerprints> {
      return inStep('backUpKeys', host.id, async () => {
        const { folder } = await locate(host, felix, bundle);
        const copied = await backUp(folder, host.backupDir, rollout);
        onStep('backUpKeys');
        return copied;
      });
    },

    /** Puts the keys of another host in place, both or none. */
    async writeKeys(request: KeysRef & { sealed: Sealed<TravellingKeys> }): Promise<Fingerprints> {
      return inStep('writeKeys', host.id, async () => {
        const travelling = await open(keys, request.sealed, {
          purpose: 'aem-keys',
          owner: [request.rollout, host.id],
        });
        if (travelling.for !== host.id || travelling.rollout !== request.rollout) {
          throw new KeyRolloutError({
            code: 'not_for_this_host',
            message: `${host.id} was given keys that are sealed for ${travelling.for}`,
          });
        }
        const { folder } = await locate(host, felix, request.bundle);
        const pair = {
          hmac: Buffer.from(travelling.hmac, 'base64'),
          master: Buffer.from(travelling.master, 'base64'),
        };
        await replacePair(folder, pair, host.backupDir, {
          onStep: (step) => onStep(`writeKeys:${step}`),
        });
        return (await locate(host, felix, request.bundle)).keys;
      });
    },

    /** Makes AEM read its keys, and waits until all is as before. Answers with what it took. */
    async activateKeys(request: ActivateRequest): Promise<string[]> {
      return inStep('activateKeys', host.id, async ({ before, note, signal }) => {
        const taken = await activate(host, felix, http, {
          ...request,
          folder: dataFolder(host, request.bundle),
          begun: before === BEGUN,
          onBegun: () => {
            note(BEGUN);
            onStep('activateKeys:begun');
          },
          signal,
        });
        onStep('activateKeys');
        return taken;
      });
    },

    /** Puts the keys of before the roll-out back, both or none; false where there is nothing to do. */
    async restoreKeys({ rollout }: { rollout: string }): Promise<boolean> {
      return inStep('restoreKeys', host.id, async () => {
        // Where the console doesn't say, they belong where they were.
        const folder = await keyFolder(host, felix).catch(() => undefined);
        const restored = await restore(host.backupDir, rollout, {
          ...(folder === undefined ? {} : { folder }),
          onStep: (step) => onStep(`restoreKeys:${step}`),
        });
        onStep('restoreKeys');
        return restored;
      });
    },
  };
}

const BEGUN = 'begun';
