import { signInAsViewer } from '../../sandbox/index.ts';
import { CommandError } from '../fail.ts';
import { attribute, Phone, type Shown, textOf } from './phone.ts';
import type { Timeline } from './timeline.ts';

export interface ViewerOptions {
  /** What the QR code leads to. */
  url: string;
  username: string;
  password: string;
  /** Whether a browser has reached the gateway's return page. */
  hasReturned: () => boolean;
}

/** The provider that the README shows; any other will do. */
const FAVOURITE = 'NorthCable';

/**
 * The viewer with the phone: the gateway's pages as a browser shows them, then the provider's.
 *
 * @throws CommandError when a page is not the expected one
 */
export async function playViewer(
  timeline: Timeline,
  { url, username, password, hasReturned }: ViewerOptions,
): Promise<void> {
  // Another device of the same household: upstream counts requests by address.
  const phone = new Phone({ 'x-forwarded-for': '10.0.0.21' });
  const confirm = await phone.open(url);
  const chooses = await phone.submit(confirm);
  const device = textOf(chooses.html, 'device-name');
  if (device === undefined) throw new CommandError(`the code did not work: ${headingOf(chooses)}`);
  timeline.step('viewer', 'scans the code with a phone, and confirms it', `(it says: ${device})`);

  const login = loginUrl(chooses) ?? (await choose(phone, chooses, timeline));
  // Without a page the choice alone signed the viewer in: TempPass, or a provider that is degraded.
  if (login === undefined) return;
  const { finalUrl } = await signInAsViewer(login, { username, password });
  if (hasReturned()) return;
  const [place = ''] = finalUrl.split('?');
  throw new CommandError(
    `the login did not come back to the return page: the browser stands at ${place}: check --username and --password`,
  );
}

async function choose(phone: Phone, page: Shown, timeline: Timeline): Promise<string | undefined> {
  const providers = [...page.html.matchAll(/<li data-name[^]*?<button[^>]*>/gi)].map(([item]) => ({
    id: attribute(item, 'value') ?? '',
    name: attribute(item, 'data-name') ?? '',
  }));
  const provider = providers.find(({ id }) => id === FAVOURITE) ?? providers[0];
  if (!provider) throw new CommandError('there is no provider to choose from');
  timeline.step('viewer', `chooses ${provider.name}`);
  return loginUrl(await phone.submit(page, { mvpd: provider.id }));
}

/** Where the page leads next: the only link of ours to another host. */
function loginUrl({ html }: Shown): string | undefined {
  const [tag] = /<a\b[^>]*class="primary button"[^>]*href="https?:[^"]*"[^>]*>/i.exec(html) ?? [];
  return tag === undefined ? undefined : attribute(tag, 'href');
}

function headingOf({ html }: Shown): string {
  return /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? 'no heading';
}
