import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './stage.ts';
import type { Television, TitleOnTv } from './television.ts';
import type { Timeline } from './timeline.ts';

/** As many as a row of a TV's screen. */
const TITLES = 8;
/** A row of titles is worth a look, where somebody looks. */
const LOOK_MS = 3_000;

const MARKS: Record<TitleOnTv['access'], string> = {
  open: 'free',
  likely: 'yes',
  locked: 'locked',
  unknown: '?',
};

/**
 * Shows a page of the catalogue with what the viewer may watch, and takes the first title that the
 * provider is likely to permit.
 *
 * @returns nothing where the gateway has no catalogue, or nothing in it may be played
 */
export async function chooseTitle(
  { gateway: { screen, hasCatalogue } }: Stage,
  tv: Television,
  timeline: Timeline,
): Promise<TitleOnTv | undefined> {
  if (!hasCatalogue) return undefined;
  const from = performance.now();
  const titles = await tv.catalogue(TITLES);
  const ms = Math.round(performance.now() - from);
  timeline.step('TV', 'shows what there is', `(${ms} ms, ${titles.length} titles)`);
  const width = Math.max(...Object.values(MARKS).map(({ length }) => length));
  timeline.show(
    titles.map(({ title, access }) => `${MARKS[access].padStart(width)}  ${title}`).join('\n'),
  );
  if (screen.isWatched) {
    await sleep(LOOK_MS / 2);
    screen.show({ status: 'catalogue', titles });
    await sleep(LOOK_MS);
  }
  return titles.find(({ access }) => access === 'likely');
}
