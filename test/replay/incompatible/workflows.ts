import { sleep } from '@temporalio/workflow';

/** A lifecycle that no recorded device has lived: replaying a history against it must fail. */
export async function deviceLifecycle(): Promise<void> {
  await sleep(24 * 3_600_000);
}
