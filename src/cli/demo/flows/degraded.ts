import { CommandError } from '../../fail.ts';
import { release } from '../lifecycle.ts';
import { untilSignedIn } from '../sign-in.ts';
import type { Play } from '../television.ts';
import type { Flow, Scene } from './flow.ts';

const PROVIDER = 'NorthCable';
/** No package of the sandbox includes it. */
const PREMIUM = 'premium-movies';
const WORDS = 'North Cable repairs its systems until eight.';

/** A provider is down: everybody is let in, then signs in; then nobody may watch, and all is well again. */
export const degraded: Flow = {
  description: 'a provider is down: in without a login, a code afterwards, and a rule that denies',
  needsSandbox: true,
  async play(scene) {
    const { stage, tv, timeline, options } = scene;
    const phases = ['signed-out'];
    const { sandbox, gateway } = stage;
    if (!sandbox) throw new CommandError('there is no sandbox whose provider could be down');
    const say = (what: string, note = '') => timeline.step('TV', what, note);
    const rule = (what: string) => timeline.step('operator', what);

    rule(`${PROVIDER} is down: AuthNAll lets everybody in`);
    sandbox.degrade({ mvpd: PROVIDER, kind: 'AuthNAll' });
    const granted = await tv.askForCode(PROVIDER);
    await tv.fetchToken(granted);
    phases.push(await phaseOf(scene));
    gateway.screen.show({ status: 'signed-in', mvpd: PROVIDER });
    say(`is let in without a code (it shows ${granted.user_code})`, `(${await typeOf(scene)})`);
    const open = await decide(scene, PREMIUM);
    if (open.status === 'permitted') await release(stage, open, timeline);

    rule(`${PROVIDER} is back: the rule is lifted`);
    sandbox.undegrade();
    const over = await decide(scene, PREMIUM);
    phases.push(await phaseOf(scene));

    const first = await tv.askForCode();
    const { mvpd, shown, viewer } = await untilSignedIn(
      stage,
      tv,
      timeline,
      options,
      first,
      phases,
    );
    gateway.screen.show({ status: 'signed-in', mvpd });
    await viewer;
    await tv.fetchToken(shown);
    say(`signed in with ${mvpd}`, `(${await typeOf(scene)})`);
    const regular = await decide(scene, PREMIUM);

    rule('nobody may watch now: AuthZNone, with words for viewers');
    sandbox.degrade({ mvpd, kind: 'AuthZNone', message: WORDS });
    const none = await decide(scene, stage.app.serviceProvider);
    rule('the rule is lifted');
    sandbox.undegrade();
    const again = await decide(scene, stage.app.serviceProvider);

    await tv.logout();
    phases.push((await tv.session()).status);
    gateway.screen.show({ status: 'signed-out' });
    say('signed out');
    const decisions = [open, over, regular, none, again].map(
      (play) => `${play.source ?? 'none'}: ${play.status === 'denied' ? play.code : 'permitted'}`,
    );
    const summary = 'in without a login while the provider was down, and with one afterwards';
    return { figures: { phases, decisions }, summary };
  },
};

async function decide({ tv, timeline }: Scene, resource: string): Promise<Play> {
  const play = await tv.authorize(resource);
  if (play.status === 'permitted') {
    timeline.step('TV', `may play ${resource}`, `(source ${play.source})`);
    return play;
  }
  // Who decided has words for viewers; without a decision they are ours.
  const { source, code, message, details } = play;
  const words = source === undefined ? message : (details ?? message);
  timeline.step(
    'TV',
    `may not play ${resource}: ${words}`,
    `(source ${source ?? 'none'}: ${code})`,
  );
  return play;
}

async function phaseOf({ device }: Scene): Promise<string> {
  return (await device.view()).standing.status;
}

/** As operators search for it. */
async function typeOf({ device }: Scene): Promise<string> {
  const { standing } = await device.view();
  return standing.status === 'signed-in'
    ? `profile of type ${standing.profile.type}`
    : 'no profile';
}
