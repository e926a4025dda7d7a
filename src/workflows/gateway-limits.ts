import { condition, continueAsNew, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import { refusal } from './failures.ts';
import { addSpent, noneSpent, type Spent, totalsFor, totalsOf } from './spent.ts';
import { MOST_IN_REPORT, reportSpent, type SpentReport, spentTotals } from './spent-messages.ts';

/** Two windows without a report: no gateway runs, or nobody asks for anything. */
const IDLE_MS = 20 * 60_000;
const LONG_RUN_EVENTS = 4_000;

/**
 * Adds up what the gateways of a task queue spend of their limits. A report says what its gateway has
 * spent altogether, so one that is lost or comes twice does no harm; what is lost with a run comes with
 * the next ones.
 */
export async function gatewayLimits(given: Spent = noneSpent(0)): Promise<void> {
  let spent = given;
  let reports = 0;
  setHandler(
    reportSpent,
    (report) => {
      reports += 1;
      spent = addSpent(spent, report);
      return totalsFor(spent, report);
    },
    { validator: mustBeReport },
  );
  setHandler(spentTotals, () => totalsOf(spent));

  const isLong = () =>
    workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > LONG_RUN_EVENTS;
  for (let before = -1; before !== reports;) {
    before = reports;
    if (!(await condition(isLong, IDLE_MS))) continue;
    await sleep('1 second'); // a run must not end in a task that answers somebody
    return continueAsNew<typeof gatewayLimits>(spent);
  }
}

/** @throws ApplicationFailure `invalid_request` */
function mustBeReport({ gateway, window, spent }: SpentReport): void {
  const isFine =
    typeof gateway === 'string' &&
    gateway.length <= 40 &&
    Number.isInteger(window) &&
    Array.isArray(spent) &&
    spent.length <= MOST_IN_REPORT &&
    spent.every(({ key, here, most }) => key.length <= 40 && here >= 0 && most >= 0);
  if (!isFine) throw refusal('invalid_request', 'this is no report of a gateway');
}
