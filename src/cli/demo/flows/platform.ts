import { CommandError } from '../../fail.ts';
import { DEMO_APP } from '../apps.ts';
import { untilSignedIn } from '../sign-in.ts';
import { Television } from '../television.ts';
import type { Ending, Scene } from './flow.ts';

/** What apps bring along on a platform that knows its viewer. */
export interface Platform {
  /** What knows the viewer, as the story calls it. */
  knownBy: string;
  facts: Parameters<typeof Television.register>[0]['facts'];
  /** With each request, fresh. */
  headers: () => Record<string, string>;
}

// Adobe counts requests by address; the apps are on TVs of one household.
const ADDRESSES = ['10.0.0.31', '10.0.0.32', '10.0.0.33'] as const;

/**
 * One viewer and three installations of an app: the first signs in, the second finds itself signed in,
 * and the third, which brings nothing, gets a code. A sign-out in one is one in all.
 *
 * @throws CommandError when a step does not work
 */
export async function playPlatform(scene: Scene, platform: Platform): Promise<Ending> {
  const { stage, tv: given, timeline, options } = scene;
  const { knownBy, headers } = platform;
  const extras: Television[] = [];
  const another = async (address: string) => {
    const { issuer, softwareStatement } = stage.gateway;
    const { facts } = platform;
    const tv = await Television.register({ issuer, softwareStatement, facts });
    extras.push(tv);
    return tv.bringing({ 'x-forwarded-for': address });
  };
  try {
    const [here, there, elsewhere] = ADDRESSES;
    const first = given.bringing({ 'x-forwarded-for': here, ...headers() });
    timeline.step('app 1', `asks for a code, and brings ${knownBy}`);
    const shown = await first.askForCode(options.mvpd);
    const known = await untilSignedIn(stage, first, timeline, options, shown, []);
    await known.viewer;
    await first.fetchToken(known.shown);
    timeline.step('app 1', `signed in with ${known.mvpd}`, `(${(await first.session()).type})`);
    await plays(first, stage.app.serviceProvider);

    const second = (await another(there)).bringing(headers());
    const asked = performance.now();
    const found = await second.askForCode();
    const signedInMs = Math.round(performance.now() - asked);
    await second.fetchToken(found);
    const { type = 'nobody' } = await second.session();
    if (found.user_code !== SIGNED_IN || type !== 'platformSSO') {
      throw new CommandError(`the second app was to be signed in: it has ${type}`);
    }
    timeline.step('app 2', 'is signed in, with no code', `(${type}, after ${signedInMs} ms)`);
    await plays(second, stage.app.serviceProvider);
    timeline.step('app 2', `may play ${stage.app.serviceProvider}`);

    const third = await another(elsewhere);
    const { user_code: code } = await third.askForCode();
    if (code === SIGNED_IN) throw new CommandError('an app that brings nothing was signed in');
    timeline.step('app 3', `brings nothing, and shows a code as ever: ${code}`);

    await second.logout();
    timeline.step('app 2', 'signed out: the profile of all is gone');
    const play = await first.authorize(stage.app.serviceProvider);
    if (play.status !== 'denied') throw new CommandError('the first app is still signed in');
    timeline.step('app 1', 'is told so at its next play', `(${play.code})`);
    return {
      figures: { signedInMs, type, code: play.code },
      summary: `one sign-in for two apps by ${knownBy}, and one sign-out`,
    };
  } finally {
    await forget(scene, extras);
  }
}

/** Shown instead of a code when nobody has to type one. */
const SIGNED_IN = 'SIGNED-IN';

async function plays(tv: Television, resource: string): Promise<void> {
  const play = await tv.authorize(resource);
  if (play.status === 'denied') throw new CommandError(`${resource}: ${play.code}`);
}

/** A server that was there before the demo keeps no workflow of it. */
async function forget({ stage }: Scene, tvs: readonly Television[]): Promise<void> {
  if (!process.env['TEMPORAL_ADDRESS']) return;
  const { pass } = stage.gateway;
  for (const { installation: id, facts } of tvs) {
    const { workflowId } = pass.device({ app: DEMO_APP, id, facts, ip: '127.0.0.1' });
    await stage.temporal.workflow
      .getHandle(workflowId)
      .terminate('the demo is over')
      .catch(() => undefined);
  }
}
