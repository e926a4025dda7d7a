import assert from 'node:assert/strict';
import type { FarmInstance } from '../../src/sandbox/farm/index.ts';
import {
  type Ended,
  type FarmStack,
  type FarmStackOptions,
  keysOf,
  loadedKeys,
  startFarmStack,
} from './support.ts';

/** A farm on which things go wrong, mostly on one target of three. */
export interface TroubledFarm {
  stack: FarmStack;
  target: FarmInstance;
  last: FarmInstance;
  /** The keys of each instance before anything happened. */
  before: string[];
  /** Called right after a step on a host, before the workflow hears of it. */
  onStep: (host: string, step: string) => void;
  /** Everything is as it was: on disk, in memory, and the token handler. */
  asBefore: () => Promise<void>;
  /** The roll-out did all that it should, whatever was in its way. */
  worked: (end: Ended) => Promise<void>;
  stop: () => Promise<void>;
}

export async function startTroubledFarm(options: FarmStackOptions = {}): Promise<TroubledFarm> {
  const stack = await startFarmStack({
    ...options,
    onStep: (host, step) => troubled.onStep(host, step),
  });
  const [, target, last] = stack.farm.instances;
  assert.ok(target && last);
  const handlers = Object.fromEntries(
    stack.farm.instances.map(({ id, tokenHandler }) => [id, tokenHandler()]),
  );
  const troubled: TroubledFarm = {
    stack,
    target,
    last,
    before: await keysOf(stack.farm),
    onStep: () => {},
    async asBefore() {
      assert.deepEqual(await keysOf(stack.farm), troubled.before, 'files');
      assert.deepEqual(loadedKeys(stack.farm), troubled.before, 'in memory');
      for (const instance of stack.farm.instances) {
        const { 'token.encapsulated': on, ...others } = instance.tokenHandler();
        assert.notEqual(on, true);
        for (const [name, value] of Object.entries(handlers[instance.id] ?? {})) {
          assert.deepEqual(others[name], value, name);
        }
      }
    },
    async worked({ report, failure }) {
      assert.equal(failure, undefined, failure?.message);
      assert.equal(report?.proof.filter(({ honoured }) => honoured).length, 6);
      const [keys] = troubled.before;
      assert.deepEqual(await keysOf(stack.farm), [keys, keys, keys]);
    },
    stop: () => stack.stop(),
  };
  return troubled;
}

/** A failure of that type and code, in one line. */
export function failed({ failure }: Ended, type: string, code: string) {
  assert.equal(failure?.type, type, failure?.message);
  assert.equal(failure.details.code, code, failure.message);
  assert.doesNotMatch(failure.message, /\n/);
  return failure;
}

/** The POST requests that an instance got on a path. */
export function postsTo({ requests }: FarmInstance, path: string) {
  return requests.filter((request) => request.method === 'POST' && request.path.endsWith(path));
}
