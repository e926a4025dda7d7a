import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import { KeyRolloutError, Ledger } from '../../key-rollout/index.ts';
import {
  type Binding,
  type KeyRing,
  MissingKeyError,
  open,
  seal,
  type Sealed,
  SealedError,
} from '../../sealing/index.ts';
import type { Mandate, RolloutRequest } from '../../workflows/key-rollout/messages.ts';
import type { HostDependencies } from './dependencies.ts';

/** What the agent of one host is to do once, said by a holder of AEM_HOST_KEYS. */
export interface Order {
  id: string;
  rollout: string;
  /** Of `readKeys` whom the keys are for, of `activateKeys` the means. */
  what?: string;
  /** ms since the epoch */
  notAfter: number;
  /** Of `examineHost`: what holds for the whole roll-out. */
  terms?: Terms;
}

/** What an agent has to know for all steps, as the one who starts the roll-out wants it. */
export interface Terms {
  url: string;
  watchedPaths: string[];
  settleWithinMs: number;
  pollMs: number;
}

/** What is asked of an agent: an order, and what no other could make up. */
export interface Ordered {
  order: Sealed<Order>;
}

/** A roll-out may wait for words of people. */
const LIFE_MS = 24 * 3_600_000;
/** Putting back may come much later, and must still be possible. */
const BACK_LIFE_MS = 7 * LIFE_MS;

/** The orders of one roll-out, sealed for each host and step. Only who holds the ring can make them. */
export async function sealOrders(keys: KeyRing, request: RolloutRequest): Promise<Mandate> {
  const id = randomUUID();
  const { hosts, source, watchedPaths, limits, dryRun } = request;
  const { settleWithinMs, pollMs } = limits;
  const orders: Mandate['orders'] = {};
  for (const host of hosts) {
    const terms: Terms = { url: host.url, watchedPaths, settleWithinMs, pollMs };
    const ofHost: Record<string, Sealed<Order>[]> = {};
    const give = async (step: string, { what, back = false, times = 1 }: Given = {}) => {
      const life = back || step === 'endRollout' ? BACK_LIFE_MS : LIFE_MS;
      const name = [...(back ? ['back'] : []), step, ...(what === undefined ? [] : [what])];
      const list = (ofHost[name.join(':')] ??= []);
      for (let left = times; left > 0; left -= 1) {
        const order: Order = {
          id: randomUUID(),
          rollout: id,
          notAfter: Date.now() + life,
          ...(what === undefined ? {} : { what }),
          ...(step === 'examineHost' ? { terms } : {}),
        };
        list.push(await seal(keys, order, bindingOf(host.id, step)));
      }
    };
    await give('examineHost');
    await give('endRollout');
    if (!dryRun) {
      for (const step of STEPS) await give(step);
      for (const step of PROOF) await give(step, { times: PROOFS });
      for (const what of MEANS) await give('activateKeys', { what });
      if (host.id === source) {
        for (const target of hosts) await give('readKeys', { what: target.id });
      }
      for (const step of BACK_STEPS) await give(step, { back: true });
      await give('logInTestUser', { back: true, times: 2 });
      await give('activateKeys', { what: 'restart', back: true });
    }
    orders[host.id] = ofHost;
  }
  return { id, orders };
}

interface Given {
  what?: string;
  back?: boolean;
  times?: number;
}

const MEANS = ['refresh', 'refresh-key-bundle', 'restart'] as const;
const STEPS = [
  'locateKeys',
  'backUpKeys',
  'writeKeys',
  'readTokenHandler',
  'switchEncapsulation',
] as const;
const PROOF = ['logInTestUser', 'checkLogins'] as const;
/** One, and one after each stronger means. */
const PROOFS = MEANS.length;
const BACK_STEPS = ['examineHost', 'restoreTokenHandler', 'restoreKeys'] as const;

function bindingOf(host: string, step: string): Binding {
  return { purpose: 'aem-order', owner: [host, step] };
}

/** An order that was taken, and what the agent remembers of its roll-out. */
export interface Taken {
  order: Order;
  ledger: Ledger;
}

/**
 * Takes an order for one step of this host: sealed for both, young, and not used before.
 *
 * @throws KeyRolloutError `order_refused`, `order_expired`, `order_used`, `rollout_ended`
 */
export async function take(
  { host, keys }: Pick<HostDependencies, 'host' | 'keys'>,
  step: string,
  sealed: Sealed<Order>,
): Promise<Taken> {
  const order = await opened(keys, sealed, host.id, step);
  if (order.notAfter < Date.now()) {
    throw new KeyRolloutError({
      code: 'order_expired',
      message: `${host.id}: the order for ${step} is too old: start the roll-out again`,
    });
  }
  const ledger = new Ledger(host.backupDir, order.rollout);
  const { workflowExecution, activityId, attempt } = activityInfo();
  const activity = `${workflowExecution?.runId ?? ''} ${activityId}`;
  await ledger.take(order.id, { activity, attempt });
  return { order, ledger };
}

async function opened(keys: KeyRing, sealed: Sealed<Order>, host: string, step: string) {
  try {
    return await open(keys, sealed, bindingOf(host, step));
  } catch (error) {
    if (!(error instanceof SealedError) || error instanceof MissingKeyError) throw error;
    throw new KeyRolloutError({
      code: 'order_refused',
      message: `${host} has no order for ${step}: start the roll-out with \`devicepass aem keys rollout\` and the AEM_HOST_KEYS of the agents`,
    });
  }
}
