import * as messages from '../workflows/messages.ts';
import { checkDisown } from '../workflows/requests.ts';
import { answered } from './answered.ts';
import { type ClientContext, mustBeOpen, within } from './context.ts';
import { deviceByCode } from './device-by-code.ts';
import { DevicePassError } from './errors.ts';
import { identityOf, returnUrlOf, workflowIdOf } from './handle.ts';
import { opened, type Standing } from './standing.ts';

/** A login whose browser has come back, and the device that waits for it. */
export interface ReturnedLogin {
  /** Id of the device's workflow. */
  workflowId: string;
  /** The address where it came back, with a handle that can be read. */
  url: string;
  /** Where the device stands: a query, which leaves no event. */
  standing(): Promise<Standing>;
  /** Adobe is asked at once. */
  browserReturned(): Promise<void>;
  /**
   * The viewer knows nothing of the sign-in: it ends, at Adobe too.
   *
   * @param generation - Of the standing that the viewer was shown: a later sign-in is another
   * @throws DevicePassError `not_signed_in` when it has ended already
   */
  disown(generation: number): Promise<void>;
}

/**
 * Finds the device that a browser came back for: by the handle in the address, or else by the code
 * that was typed in that browser.
 *
 * @throws DevicePassError `unknown_handle`
 */
export async function returnedLogin(
  context: ClientContext,
  returned: string,
  typedCode?: string,
): Promise<ReturnedLogin> {
  mustBeOpen(context);
  try {
    return loginOf(context, await workflowIdOf(context, returned), returned);
  } catch (error) {
    const unreadable = error instanceof DevicePassError && error.code === 'unknown_handle';
    if (!unreadable || typedCode === undefined) throw error;
    const shown = await deviceByCode(context, typedCode, { isKnown: false });
    if (!shown) throw error;
    const url = await returnUrlOf(context, shown.workflowId);
    return loginOf(context, shown.workflowId, url ?? returned);
  }
}

function loginOf(context: ClientContext, workflowId: string, url: string): ReturnedLogin {
  const handle = context.temporal.workflow.getHandle(workflowId);
  return {
    workflowId,
    url,
    async standing() {
      const query = () => handle.query(messages.view);
      const { standing } = await within(context, () => answered(query));
      return opened(context.keys, identityOf(workflowId), standing);
    },
    async browserReturned() {
      await within(context, () => handle.signal(messages.loginFinished));
    },
    async disown(generation) {
      const args: [messages.DisownRequest] = [{ generation }];
      await within(context, async () => {
        checkDisown(args[0]);
        return handle.executeUpdate(messages.disown, { args });
      });
    },
  };
}
