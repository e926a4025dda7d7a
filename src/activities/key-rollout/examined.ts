import {
  type AemHost,
  KeyRolloutError,
  type Ledger,
  type Preflight,
} from '../../key-rollout/index.ts';
import type { Terms } from './orders.ts';

/** What the agent found before anything was changed, and what it was told for the whole roll-out. */
export type Examined = Preflight & { terms: Terms };

const EXAMINED = 'examined';

export async function keepExamined(ledger: Ledger, examined: Examined): Promise<void> {
  await ledger.keep(EXAMINED, examined);
}

/** @throws KeyRolloutError `not_examined` where no order to look has been carried out before */
export async function examined({ id }: AemHost, ledger: Ledger): Promise<Examined> {
  const kept = await ledger.kept<Examined>(EXAMINED);
  if (kept) return kept;
  throw new KeyRolloutError({
    code: 'not_examined',
    message: `${id} was not looked at in this roll-out: start it again`,
  });
}

/** Whether the host was looked at before anything was changed. */
export async function isExamined(ledger: Ledger): Promise<boolean> {
  return (await ledger.kept(EXAMINED)) !== undefined;
}
