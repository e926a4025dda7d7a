import { currentUpdateInfo, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import type { Device } from '../device.ts';
import * as messages from '../messages.ts';
import { checkSize } from '../requests.ts';
import { recordAnswer, revokeGrant } from '../state.ts';
import { authenticate } from './authenticate.ts';
import { authorize, preauthorize } from './decisions.ts';
import * as household from './household.ts';
import { beingForgotten, forget } from './forget.ts';
import { abandon, logout } from './leave.ts';
import { profiles } from './profiles.ts';
import { partnerResponse, partnerSignIn } from './partner.ts';
import { resume } from './resume.ts';
import * as secondScreen from './second-screen.ts';
import * as valid from './validators.ts';
import { viewOf } from './view.ts';
import { watch } from './watch.ts';

/** Which message does what. Validators refuse bad input before it leaves an event. */
export function receiveMessages(device: Device): void {
  update(device, messages.authenticate, authenticate, valid.authenticateRequest);
  update(device, messages.resume, resume, valid.resumeRequest);
  update(device, messages.partnerSignIn, partnerSignIn, valid.partnerSignInRequest);
  update(device, messages.partnerResponse, partnerResponse, valid.partnerResponseRequest);
  update(device, messages.preauthorize, preauthorize, valid.decisionsRequest, {
    remembered: false,
  });
  update(device, messages.authorize, authorize, valid.authorizeRequest, { remembered: false });
  update(device, messages.logout, logout, valid.logoutRequest);
  update(device, messages.profiles, profiles, valid.fromDevice, { remembered: false });
  update(device, messages.forget, forget, valid.forgetRequest, { remembered: false });
  update(device, messages.abandon, abandon, () => {});
  update(device, messages.watch, watch, valid.watcher);
  update(device, messages.visit, secondScreen.visit, valid.visitRequest, { remembered: false });
  update(device, messages.decline, secondScreen.decline, valid.codeRequest);
  update(device, messages.replaceCode, secondScreen.replaceCode, valid.codeRequest);
  update(device, messages.confirm, secondScreen.confirm, valid.confirmRequest);
  update(device, messages.rename, household.rename, valid.renameRequest);
  update(device, messages.remoteLogout, household.remoteLogout, valid.remoteLogoutRequest);
  update(device, messages.disown, secondScreen.disown, valid.disownRequest);

  setHandler(messages.loginFinished, () => {
    device.browserReturned = true;
    device.nudged = true;
  });
  setHandler(messages.waitOver, (told) => {
    const { phase } = device.state;
    if (phase.name === 'awaiting-login' && phase.code === told?.code) device.waitIsOver = true;
  });
  setHandler(messages.roomClosed, (closed) => {
    const { phase } = device.state;
    if (phase.name !== 'awaiting-login' || phase.room === undefined) return;
    if (phase.room !== closed?.room) return;
    // Told again, it has been polled for there meanwhile.
    device.unpolledSince = Math.max(closed.silentSince, device.enteredAt ?? 0);
  });
  setHandler(messages.endedElsewhere, (told) => household.endedElsewhere(device, told));
  setHandler(messages.present, ({ generation }) => {
    if (generation === device.state.generation) device.seenAt = Date.now();
  });
  setHandler(messages.revokeGrant, ({ grant }) => device.change(revokeGrant(device.state, grant)));
  setHandler(messages.view, () => viewOf(device));
}

/**
 * Registers an update. An id that was answered before gets the same answer, also after the run
 * that answered it; except for decisions, which Adobe may be asked for twice: media tokens are for
 * one use, and long lists would not fit into what a run hands on.
 */
function update<Ret, Args extends unknown[]>(
  device: Device,
  definition: UpdateDefinition<Ret, Args>,
  handler: (device: Device, ...args: Args) => Promise<Ret>,
  validator: (device: Device, ...args: Args) => void,
  { remembered = true } = {},
): void {
  const given = () => {
    const id = currentUpdateInfo()?.id;
    return device.state.answers.find((answer) => answer.id === id);
  };
  setHandler<Ret, Args, UpdateDefinition<Ret, Args>>(
    definition,
    async (...args: Args): Promise<Ret> => {
      device.heardAt = Date.now();
      const before = given();
      if (before) return before.answer as Ret;
      const id = currentUpdateInfo()?.id;
      try {
        const answer = await handler(device, ...args);
        if (id !== undefined && remembered) device.change(recordAnswer(device.state, id, answer));
        return answer;
      } finally {
        device.publish();
      }
    },
    {
      validator: (...args: Args) => {
        if (args.length > 0) checkSize(args); // before all else: an update too large ends the device
        if (device.isForgotten && definition.name !== messages.forget.name) throw beingForgotten();
        if (!given()) validator(device, ...args);
      },
    },
  );
}
