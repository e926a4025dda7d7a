import type { RequestAsker } from '../activities/requests/conversation.ts';
import type { Device } from './device.ts';
import { problemOf, refusal, refusalOf } from './failures.ts';
import { type Answer, learn } from './news.ts';

/**
 * Asks Adobe on behalf of a device: one local activity does all that the request takes, and the device
 * learns what came up on the way, whether or not the request had an answer.
 *
 * @param operation - What operators read beside a failure that is not of one of its calls
 * @throws ApplicationFailure typed with Adobe's code or ours
 */
export async function askAdobe<T>(
  device: Device,
  deadline: number,
  operation: string,
  send: (asker: RequestAsker) => Promise<Answer<T>>,
): Promise<T> {
  return device.inTurn(async () => {
    const answer = await sent(device, operation, () => send(asker(device, deadline)));
    learn(device, answer.news);
    if ('problem' in answer) throw refusalOf(answer.problem);
    return answer.value;
  });
}

/** What no request answers with: a limit of Temporal's, or a fault of ours. */
async function sent<T>(
  device: Device,
  operation: string,
  send: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  try {
    return await send();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    device.recordProblem(operation, problem);
    throw refusalOf(problem);
  }
}

/** What an activity has to know of the device that asks. */
export function asker({ state }: Device, deadline: number): RequestAsker {
  const { app, deviceId, facts, network, viewerTokens, account, registration } = state;
  if (!facts || !network) throw refusal('no_device_facts', 'authenticate first, with device facts');
  return {
    app,
    deviceId,
    facts,
    network,
    ...(viewerTokens ? { viewerTokens } : {}),
    ...(account ? { subscriberId: account.id } : {}),
    deadline,
    ...(registration ? { registration } : {}),
  };
}
