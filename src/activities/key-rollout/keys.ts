import {
  activate,
  backUp,
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
import { type Binding, open, seal, type Sealed } from '../../sealing/index.ts';
import type { HostDependencies } from './dependencies.ts';
import { examined } from './examined.ts';
import { type Ordered, take } from './orders.ts';
import { inStep } from './step.ts';

/** A pair of keys on its way. Base64, for a sealed value is JSON. */
export interface TravellingKeys {
  hmac: string;
  master: string;
}

/** The steps of pass one. Each may be repeated, also after half of it was done. */
export function keyActivities(dependencies: HostDependencies) {
  const { host, felix, http, keys, onStep = () => {} } = dependencies;
  return {
    /** Both fingerprints as they are now. */
    async locateKeys({ order }: Ordered): Promise<Fingerprints> {
      return inStep('locateKeys', host.id, async () => {
        const { ledger } = await take(dependencies, 'locateKeys', order);
        return (await locate(host, felix, (await examined(host, ledger)).bundle)).keys;
      });
    },

    /** The keys of this host, sealed for another. */
    async readKeys({ order }: Ordered): Promise<Sealed<TravellingKeys>> {
      return inStep('readKeys', host.id, async () => {
        const { order: given, ledger } = await take(dependencies, 'readKeys', order);
        const before = await examined(host, ledger);
        const found = await locate(host, felix, before.bundle);
        if (!sameKeys(found.keys, before.keys)) {
          throw new KeyRolloutError({
            code: 'keys_changed',
            message: `the keys of ${host.id} are others than at the preflight: start the roll-out again`,
          });
        }
        const { hmac, master } = await readPair(found.folder);
        const pair = { hmac: hmac.toString('base64'), master: master.toString('base64') };
        const { rollout, what = '' } = given;
        const sealed = await seal<TravellingKeys>(keys, pair, forKeys(rollout, what));
        onStep(`readKeys:${what}`);
        return sealed;
      });
    },

    /** Copies the present keys out of the way. */
    async backUpKeys({ order }: Ordered): Promise<Fingerprints> {
      return inStep('backUpKeys', host.id, async () => {
        const { order: given, ledger } = await take(dependencies, 'backUpKeys', order);
        const { folder } = await locate(host, felix, (await examined(host, ledger)).bundle);
        const copied = await backUp(folder, host.backupDir, given.rollout);
        onStep('backUpKeys');
        return copied;
      });
    },

    /** Puts the keys of another host in place, both or none. */
    async writeKeys({
      order,
      sealed,
    }: Ordered & { sealed: Sealed<TravellingKeys> }): Promise<Fingerprints> {
      return inStep('writeKeys', host.id, async () => {
        const { order: given, ledger } = await take(dependencies, 'writeKeys', order);
        const travelling = await open(keys, sealed, forKeys(given.rollout, host.id));
        const { bundle } = await examined(host, ledger);
        const { folder } = await locate(host, felix, bundle);
        const pair = {
          hmac: Buffer.from(travelling.hmac, 'base64'),
          master: Buffer.from(travelling.master, 'base64'),
        };
        await replacePair(folder, pair, host.backupDir, {
          onStep: (step) => onStep(`writeKeys:${step}`),
        });
        return (await locate(host, felix, bundle)).keys;
      });
    },

    /** Makes AEM read its keys, and waits until all is as before. Answers with what it took. */
    async activateKeys({ order }: Ordered): Promise<string[]> {
      return inStep('activateKeys', host.id, async ({ before, note, signal }) => {
        const { order: given, ledger } = await take(dependencies, 'activateKeys', order);
        const { bundle, baseline, paths, terms } = await examined(host, ledger);
        const taken = await activate(host, felix, http, {
          means: given.what as Means,
          baseline,
          paths,
          withinMs: terms.settleWithinMs,
          pollMs: terms.pollMs,
          folder: dataFolder(host, bundle),
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
    async restoreKeys({ order }: Ordered): Promise<boolean> {
      return inStep('restoreKeys', host.id, async () => {
        const { order: given } = await take(dependencies, 'restoreKeys', order);
        // Where the console doesn't say, they belong where they were.
        const folder = await keyFolder(host, felix).catch(() => undefined);
        const restored = await restore(host.backupDir, given.rollout, {
          ...(folder === undefined ? {} : { folder }),
          onStep: (step) => onStep(`restoreKeys:${step}`),
        });
        onStep('restoreKeys');
        return restored;
      });
    },

    /** The roll-out is over: no order of it is taken any more. */
    async endRollout({ order }: Ordered): Promise<void> {
      return inStep('endRollout', host.id, async () => {
        const { ledger } = await take(dependencies, 'endRollout', order);
        await ledger.end();
      });
    },
  };
}

const BEGUN = 'begun';

/** Keys open on the host that they were read for, and in the roll-out that wanted them. */
function forKeys(rollout: string, host: string): Binding {
  return { purpose: 'aem-keys', owner: [rollout, host] };
}
