import { WithStartWorkflowOperation } from '@temporalio/client';
import { gatewayLimitsWorkflowId } from '../device-identity.ts';
import type { gatewayLimits } from '../workflows/gateway-limits.ts';
import { reportSpent, type SpentReport, type SpentTotals } from '../workflows/spent-messages.ts';
import { type ClientContext, within } from './context.ts';
import { DevicePassError } from './errors.ts';

export { MOST_IN_REPORT } from '../workflows/spent-messages.ts';

/**
 * Tells what a gateway spent of its limits, and hears what all gateways of the queue did. Where nothing
 * was spent by anybody there is nobody to ask.
 *
 * @throws DevicePassError
 */
export async function tellSpent(context: ClientContext, report: SpentReport): Promise<SpentTotals> {
  const { temporal, taskQueue } = context;
  const workflowId = gatewayLimitsWorkflowId(taskQueue);
  try {
    return await within(context, () =>
      temporal.workflow.getHandle(workflowId).executeUpdate(reportSpent, { args: [report] }),
    );
  } catch (error) {
    const isNew = error instanceof DevicePassError && error.code === 'not_signed_in';
    if (!isNew) throw error;
    if (report.spent.length === 0) return {};
  }
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof gatewayLimits>(
    'gatewayLimits',
    {
      workflowId,
      workflowIdConflictPolicy: 'USE_EXISTING',
      taskQueue,
      args: [],
      staticSummary: 'what gateways spend of their limits',
    },
  );
  return within(context, () =>
    temporal.workflow.executeUpdateWithStart(reportSpent, {
      args: [report],
      startWorkflowOperation,
    }),
  );
}
