import type { Title } from '../aem/index.ts';
import { isAvailable, type PlayRequest, refusedBy, resourceIdOf } from '../catalogue/index.ts';
import type { ConnectedCatalogue } from './catalogue.ts';
import type { Play } from './device.ts';

/** A title and the decision on it. A free title has no token. */
export type TitlePlay =
  | ({ title: Title } & Play)
  | { title: Title; status: 'open' }
  | { title: Title; status: 'refused'; code: string; message: string };

/** Who wants to play, and how to ask Adobe. */
interface Player extends Omit<PlayRequest, 'title' | 'mvpd'> {
  answerWithinMs: number;
  authorize: (resource: string) => Promise<Play>;
}

/**
 * Plays one title: its resource id from AEM, one resource to authorize, then the programmer's own
 * rules; only then is the media token given out.
 *
 * @throws DevicePassError `unknown_title`, `catalogue_unavailable`, and what `authorize` throws
 */
export async function playTitle(
  catalogue: ConnectedCatalogue,
  { slug }: { slug: string },
  { authorize, answerWithinMs, ...player }: Player,
): Promise<TitlePlay> {
  const title = await catalogue.title(slug);
  if (!isAvailable(title, Date.now())) {
    const message = 'this title is not offered now';
    return { title, status: 'refused', code: 'title_not_available', message };
  }
  const resource = resourceIdOf(title);
  const play = resource === undefined ? ({ status: 'open' } as const) : await authorize(resource);
  if (play.status === 'denied') return { title, ...play };
  const mvpd = play.status === 'permitted' ? { mvpd: play.mvpd } : {};
  const refusal = await refusedBy(catalogue.rules, { ...player, title, ...mvpd }, answerWithinMs);
  return refusal ? { title, status: 'refused', ...refusal } : { title, ...play };
}
