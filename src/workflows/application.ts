import { allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import type { Sealed } from '../sealing/index.ts';
import type { Device } from './device.ts';
import { problemOf, refusal, refusalOf } from './failures.ts';
import { type AccessRequest, access, type ApplicationAccess, view } from './messages.ts';
import { isTimeForANewRun, runIsLong } from './phases/long-run.ts';
import { ownDevice, proofForNextRun } from './own-state.ts';
import { type DeviceState, dropRegistration, hear } from './state.ts';
import { askAdobe } from './upstream.ts';
import { accessRequest } from './handlers/validators.ts';
import { viewOf } from './handlers/view.ts';

/**
 * A second screen (the activation site) as an app of its own, with its own registration. It hands
 * out a sealed access token, which those who ask keep until it expires.
 */
export async function application(given: DeviceState, proof?: Sealed<null>): Promise<void> {
  const site = await ownDevice(given, proof);
  setHandler(access, (request) => giveAccess(site, request), {
    validator: (request) => accessRequest(site, request),
  });
  setHandler(view, () => viewOf(site));

  let forNextRun: Sealed<null> | undefined;
  while (!forNextRun) {
    await condition(() => runIsLong(site) || site.isStranger);
    if (site.isStranger) return condition(allHandlersFinished);
    if (await isTimeForANewRun(site)) forNextRun = await proofForNextRun(site);
  }
  await continueAsNew<typeof application>(site.state, forNextRun);
}

async function giveAccess(site: Device, request: AccessRequest): Promise<ApplicationAccess> {
  site.change(hear(site.state, request, Date.now()));
  if (isLost(site.state, request)) site.change(dropRegistration(site.state));
  try {
    await askAdobe(site, site.deadline(), 'token', (asker) =>
      site.activities.access(asker, request.refusedExpiresAt),
    );
    const { settings, registration } = site.state;
    if (!settings || !registration?.accessToken) throw refusal('no_access', 'no access to Adobe');
    const { serviceProvider, domainName, redirectUrl } = settings;
    const { sealed, expiresAt } = registration.accessToken;
    return { serviceProvider, domainName, redirectUrl, accessToken: sealed, expiresAt };
  } catch (error) {
    const problem = problemOf(error);
    throw problem ? refusalOf(problem) : error;
  } finally {
    site.publish();
  }
}

/** Many processes may hear so of one token: the first of them has it replaced. */
function isLost({ registration }: DeviceState, request: AccessRequest): boolean {
  const { refusedExpiresAt, isRegistrationLost = false } = request;
  return isRegistrationLost && registration?.accessToken?.expiresAt === refusedExpiresAt;
}
