import type { KnownCode } from '../../codes.ts';
import { html } from '../html.ts';
import { layout, type Look } from '../layout.ts';
import { declineForm } from './decline.ts';
import { deviceCard } from './device.ts';

export const WAITING_PATH = '/activate/waiting';

/** Without the script the page is asked for again, after so many seconds. */
const AGAIN_S = 8;

/** Phone and TV are far apart: the one in front of the TV has the word. Goes on by itself. */
export function heldPage(
  look: Look,
  { csrf, code, checked }: { csrf: string; code: string; checked: KnownCode },
): string {
  const { texts } = look;
  return layout(look, {
    title: texts.held.title,
    step: 2,
    head: html`<noscript><meta http-equiv="refresh" content="${AGAIN_S}" /></noscript>`,
    main: html`<p class="lead">${texts.held.lead}</p>
      ${deviceCard(texts, code, checked)} ${declineForm(texts, { csrf, code })}
      <p
        class="small"
        role="status"
        data-status="${WAITING_PATH}"
        data-asking="${texts.held.asking}"
      ></p>
      <p><a class="big button" href="/activate/provider">${texts.held.again}</a></p>`,
  });
}
