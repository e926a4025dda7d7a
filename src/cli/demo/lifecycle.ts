import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../fail.ts';
import { chooseTitle } from './choose-title.ts';
import { Refused } from './http.ts';
import type { DemoOptions } from './play.ts';
import type { Stage } from './stage.ts';
import { untilSignedIn } from './sign-in.ts';
import type { Play, Television } from './television.ts';
import type { Timeline } from './timeline.ts';

/** What `--json` prints. Times in ms. */
export interface Figures {
  /** The phases that the device went through, in order. */
  phases: string[];
  codeIssuedMs: number;
  /** From the browser's return to the TV knowing. */
  signInToKnownMs: number;
  authorizeMs: number;
  /** Of the lifecycle, without those that filtering the catalogue took. */
  historyEvents: number;
}

type Permitted = Extract<Play, { status: 'permitted' }>;

/** A film is worth a look, where somebody looks. */
const FILM_MS = 6_000;

/**
 * The TV's story: a code, a sign-in, a page of titles, a play, a logout.
 *
 * @throws CommandError with one line when a step does not work
 */
export async function lifecycle(
  stage: Stage,
  tv: Television,
  workflowId: string,
  timeline: Timeline,
  options: DemoOptions,
): Promise<Figures> {
  const { gateway, app, temporal } = stage;
  const { screen } = gateway;
  const phases = ['signed-out'];
  // With `--once` the server ends with the story.
  if (stage.uiUrl && !options.once) {
    const view = `${stage.uiUrl}/${encodeURIComponent(workflowId)}`;
    timeline.step('stage', `operators look here: ${view}`);
  }

  const asked = performance.now();
  const first = await tv.askForCode(options.mvpd).catch(async (error: unknown) => {
    const unknown = error instanceof Refused && error.code === 'unknown_mvpd';
    throw unknown ? await notOffered(tv, options.mvpd) : error;
  });
  const codeIssuedMs = Math.round(performance.now() - asked);
  timeline.step('TV', 'asks for a code', `(${codeIssuedMs} ms: registered, token, session)`);

  const known = await untilSignedIn(stage, tv, timeline, options, first, phases);
  const signInToKnownMs = Math.max(0, known.at - (gateway.returnedAt() ?? known.at));
  screen.show({ status: 'signed-in', mvpd: known.mvpd });
  const after = `(${signInToKnownMs} ms after the browser came back)`;
  timeline.step('TV', `signed in with ${known.mvpd}`, gateway.returnedAt() ? after : '');
  await known.viewer;

  await tv.fetchToken(known.shown);
  const events = async () =>
    (await temporal.workflow.getHandle(workflowId).fetchHistory()).events?.length ?? 0;
  const before = await events();
  const title = options.resource ? undefined : await chooseTitle(stage, tv, timeline);
  const forCatalogue = (await events()) - before;
  const resource = options.resource ?? app.serviceProvider;
  const plays = performance.now();
  const play = await (title ? tv.play(title.slug) : tv.authorize(resource));
  const authorizeMs = Math.round(performance.now() - plays);
  if (play.status === 'denied') {
    throw new CommandError(`${resource} may not be played: ${play.code} (${play.message})`);
  }
  const note = `(${authorizeMs} ms, media token of ${play.mediaToken.value.length} characters, for one use)`;
  const film = title?.title ?? resource;
  timeline.step('TV', `may play ${film}`, note);
  await release(stage, play, timeline);
  await showFilm(stage, film);

  const { actions } = await tv.logout();
  phases.push((await tv.session()).status);
  screen.show({ status: 'signed-out' });
  const todo = actions.map(({ actionName }) => actionName).join(', ') || 'nothing';
  timeline.step('TV', 'signed out', `(left to do on the device: ${todo})`);

  const historyEvents = (await events()) - forCatalogue;
  return { phases, codeIssuedMs, signInToKnownMs, authorizeMs, historyEvents };
}

/** What the server does that has the stream: the TV's word is not enough. */
export async function release({ gateway: { pass } }: Stage, play: Permitted, timeline: Timeline) {
  if (!pass.verifiesMediaTokens) return;
  const { resource, mediaToken } = play;
  const asked = performance.now();
  const verdict = await pass.verifyMediaToken({ token: mediaToken.value, resource });
  if (!verdict.release) throw new CommandError(`the media token is ${verdict.status}: no stream`);
  const ms = Math.round(performance.now() - asked);
  timeline.step('backend', 'has the media token verified', `(${ms} ms: ${verdict.status})`);
}

async function showFilm({ gateway: { screen } }: Stage, resource: string): Promise<void> {
  if (!screen.isWatched) return;
  await sleep(FILM_MS / 3);
  screen.show({ status: 'playing', resource });
  await sleep(FILM_MS);
}

async function notOffered(tv: Television, mvpd = ''): Promise<CommandError> {
  const ids = (await tv.mvpds()).map(({ id }) => id);
  return new CommandError(`--mvpd is ${mvpd}, which is not offered: use one of ${ids.join(', ')}`);
}
