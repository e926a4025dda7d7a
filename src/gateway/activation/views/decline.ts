import type { Texts } from '../../languages/index.ts';
import { html, type Html } from '../html.ts';

/** As large as the way on: who started nothing must not have to look for the way out (RFC 10027). */
export function declineForm({ tv }: Texts, { csrf, code }: { csrf: string; code: string }): Html {
  return html`<form method="post" action="/activate/decline" data-once>
    <input type="hidden" name="_csrf" value="${csrf}" />
    <input type="hidden" name="user_code" value="${code}" />
    <button class="big" type="submit">${tv.decline}</button>
  </form>`;
}

/** The same inside a form that has the code already, or belonging to it from elsewhere on the page. */
export function declineButton({ tv }: Texts, form?: string): Html {
  return html`<button
    class="big"
    type="submit"
    formaction="/activate/decline"
    formnovalidate
    ${form !== undefined && html`form="${form}"`}
  >
    ${tv.decline}
  </button>`;
}
