import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../fail.ts';
import { DEMO_APP } from '../apps.ts';
import { untilSignedIn } from '../sign-in.ts';
import { Television } from '../television.ts';
import type { Flow } from './flow.ts';

const BEDROOM = {
  model: 'Bedroom TV',
  version: '1',
  primaryHardwareType: 'TV',
  osName: 'Linux',
  osVersion: '6.1',
  connectionType: 'WiFi',
} as const;

const LISTED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** One sign-in for two TVs, and one word that signs both out. */
export const household: Flow = {
  description: 'two TVs and one sign-in: the list of "my TVs", a name, and a sign-out of all',
  needsSandbox: true,
  knowsHouseholds: true,
  async play({ stage, tv, timeline, options }) {
    const { serviceTokens, gateway, temporal } = stage;
    if (!serviceTokens) throw new Error('the stage of this flow knows households');
    const subject = `viewer-${randomUUID()}`;
    const asViewer = async () => ({ 'ad-service-token': await serviceTokens.make(subject) });
    tv.brings(await asViewer());
    timeline.step('TV', 'has a service token: the app knows its viewer by your identity service');
    const first = await tv.askForCode(options.mvpd);
    const known = await untilSignedIn(stage, tv, timeline, options, first, []);
    await known.viewer;
    await tv.fetchToken(known.shown);
    timeline.step('TV', `signed in with ${known.mvpd}`);

    const { issuer, softwareStatement } = gateway;
    const headers = await asViewer();
    const second = await Television.register({
      issuer,
      softwareStatement,
      facts: BEDROOM,
      headers,
    });
    const { workflowId } = gateway.pass.device({
      app: DEMO_APP,
      id: second.installation,
      facts: BEDROOM,
      ip: '127.0.0.1',
    });
    try {
      const asked = performance.now();
      const direct = await second.askForCode();
      if (direct.user_code !== 'SIGNED-IN') throw new CommandError('the second TV wants a code');
      const withoutCodeMs = Math.round(performance.now() - asked);
      await second.fetchToken(direct);
      timeline.step('TV 2', 'is signed in without a code', `(${withoutCodeMs} ms)`);

      const tvs = await untilBothAreListed(second);
      const own = tvs.find(({ isThis }) => isThis);
      await second.nameTv(own?.id ?? '', 'Bedroom');
      timeline.step('TV 2', 'lists the TVs of its household, and is named');
      for (const one of await second.householdTvs()) {
        const mark = one.isThis ? ' (this one)' : '';
        timeline.show(`${one.name ?? one.model}${mark}: ${one.signedIn?.mvpd.id ?? 'signed out'}`);
      }

      const signsOut = performance.now();
      const out = await second.signOutHousehold();
      const statuses = [(await tv.session()).status, (await second.session()).status];
      const signOutMs = Math.round(performance.now() - signsOut);
      timeline.step('TV 2', `signs all ${out.length} TVs out`, `(${signOutMs} ms)`);
      if (statuses.some((status) => status !== 'signed-out')) {
        throw new CommandError(`the TVs are ${statuses.join(' and ')}, not signed out`);
      }
      return {
        figures: { tvs: out.length, withoutCodeMs, signOutMs },
        summary: 'one sign-in for two TVs, and one word that signed both out',
      };
    } finally {
      // A server that was there before keeps no workflow of the demo.
      if (process.env['TEMPORAL_ADDRESS']) {
        const handle = temporal.workflow.getHandle(workflowId);
        await handle.terminate('the demo is over').catch(() => {});
      }
    }
  },
};

/** What is new can be searched for a moment later. */
async function untilBothAreListed(tv: Television) {
  const until = Date.now() + LISTED_WITHIN_MS;
  for (;;) {
    const tvs = await tv.householdTvs();
    if (tvs.length === 2) return tvs;
    if (Date.now() > until) throw new CommandError(`${tvs.length} TVs are listed, not 2`);
    await sleep(LOOK_EVERY_MS);
  }
}
