import { setTimeout as sleep } from 'node:timers/promises';
import { frameworkAnswer } from '../../../sandbox/index.ts';
import { CommandError } from '../../fail.ts';
import type { Television } from '../television.ts';
import type { Timeline } from '../timeline.ts';
import type { Flow } from './flow.ts';

const APPLE_TV = {
  model: 'AppleTV',
  version: '14,1',
  manufacturer: 'Apple',
  primaryHardwareType: 'SetTopBox',
  osName: 'tvOS',
  osVendor: 'Apple',
  osVersion: '18.0',
  connectionType: 'WiFi',
} as const;

/** As the sandbox knows it at Apple. */
const PROVIDER = 'north-cable';
/** Of the first profile, so that one sees it end. */
const PROFILE_MS = 4_000;
const DAY_MS = 86_400_000;

/** What the Video Subscriber Account framework says of a viewer who is signed in at the system. */
function frameworkStatus(): Record<string, string> {
  const status = {
    frameworkPermissionInfo: { accessStatus: 'granted' },
    frameworkProviderInfo: { id: PROVIDER, expirationDate: String(Date.now() + DAY_MS) },
  };
  const value = Buffer.from(JSON.stringify(status)).toString('base64');
  return { 'ap-partner-framework-status': value };
}

/** Signed in by Apple's framework, without a word to the viewer; and again when that ends. */
export const apple: Flow = {
  description: 'an Apple TV whose viewer is signed in at the system: nobody types a code',
  needsSandbox: true,
  tv: { facts: APPLE_TV, headers: frameworkStatus },
  async play({ stage, tv, device, timeline }) {
    const { sandbox, app, temporal } = stage;
    sandbox?.partnerSso({ profileLifeMs: PROFILE_MS });
    const signInMs = await signIn(tv, timeline);
    const play = await tv.authorize(app.serviceProvider);
    if (play.status === 'denied') throw new CommandError(`no play: ${play.code}`);
    timeline.step('TV', `may play ${app.serviceProvider}`, '(the status went along)');

    const phases = ['signed-out', 'signed-in'];
    timeline.step('stage', `the sign-in ends after ${PROFILE_MS / 1_000} s`);
    phases.push(await untilOver(tv, timeline));
    sandbox?.partnerSso({});
    const renewedMs = await signIn(tv, timeline);
    phases.push('signed-in');

    const { actions } = await tv.logout();
    phases.push((await tv.session()).status);
    const todo = actions.map((action) => action.todo).join(', ');
    timeline.step('TV', 'signed out', `(left to do for the viewer: ${todo})`);
    const handle = temporal.workflow.getHandle(device.workflowId);
    const historyEvents = (await handle.fetchHistory()).events?.length ?? 0;
    const codes = sandbox?.requests.filter(({ operation }) => operation === 'createSession');
    return {
      figures: { phases, codes: codes?.length ?? 0, signInMs, renewedMs, historyEvents },
      summary: `two sign-ins by Apple's framework and no code, in ${historyEvents} history events`,
    };
  },
};

/** In ms. */
async function signIn(tv: Television, timeline: Timeline): Promise<number> {
  const asked = performance.now();
  const answer = await tv.partnerSignIn();
  if (answer.status !== 'partner') {
    throw new CommandError(`a code in place of Apple's sign-in: ${answer.session.fallback ?? ''}`);
  }
  const { request } = answer.authenticationRequest;
  timeline.step('TV', 'has a question of Adobe’s for Apple’s framework', `(of ${answer.mvpd})`);
  const samlResponse = frameworkAnswer({ request });
  timeline.step('Apple', 'answers for the viewer, who sees nothing of it');
  const { session, authorization } = await tv.partnerResponse(samlResponse);
  if (session.status !== 'signed-in') {
    throw new CommandError(`the framework's answer was refused: ${session.fallback ?? ''}`);
  }
  await tv.fetchToken(authorization);
  const ms = Math.round(performance.now() - asked);
  timeline.step('TV', `signed in: ${session.type}`, `(${ms} ms)`);
  return ms;
}

async function untilOver(tv: Television, timeline: Timeline): Promise<string> {
  for (;;) {
    const { status, partner } = await tv.session();
    if (status === 'signed-out') {
      timeline.step('TV', 'is signed out', `(${partner} may renew it, so no code is shown)`);
      return status;
    }
    await sleep(500);
  }
}
