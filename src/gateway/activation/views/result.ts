import { html } from '../html.ts';
import { layout, type Look } from '../layout.ts';

/** The TV is signed in: the end of the way. */
export function donePage(look: Look, { provider, disown }: DoneView): string {
  const { result } = look.texts;
  return layout(look, {
    title: result.done,
    step: 3,
    above: tick,
    main: html`<p class="lead">
        ${provider === undefined ? result.doneLead : result.doneWith(provider)}
      </p>
      <p class="small">${result.close}</p>
      ${
        disown !== undefined &&
        html`<form method="post" action="/return/not-me" class="apart" data-once>
          <input type="hidden" name="_csrf" value="${disown.csrf}" />
          <input type="hidden" name="device" value="${disown.device}" />
          <input type="hidden" name="generation" value="${disown.generation}" />
          <p class="small">${result.notMeLead}</p>
          <button type="submit">${result.notMe}</button>
        </form>`
      }`,
  });
}

export interface DoneView {
  provider: string | undefined;
  /** What the way back needs: the TV's handle, and which sign-in it was. */
  disown?: { csrf: string; device: string; generation: number };
}

/** The viewer wanted none of it. */
export function declinedPage(look: Look, { isTold }: { isTold: boolean }): string {
  const { declined } = look.texts;
  return layout(look, {
    title: declined.title,
    main: html`<p class="lead">${isTold ? declined.message : declined.untold}</p>
      <p class="small">${declined.advice}</p>
      <p><a class="button" href="/activate">${declined.other}</a></p>`,
  });
}

/** The sign-in was none of the viewer's. */
export function disownedPage(look: Look): string {
  const { disowned } = look.texts;
  return layout(look, {
    title: disowned.title,
    main: html`<p class="lead">${disowned.message}</p>
      <p class="small">${disowned.advice}</p>`,
  });
}

/** The code was used, and the TV is signed in. */
export function usedPage(look: Look): string {
  const { used } = look.texts;
  return layout(look, {
    title: used.title,
    above: tick,
    main: html`<p class="lead">${used.message}</p>
      <p><a class="button" href="/activate">${used.other}</a></p>`,
  });
}

/** The browser is back, but nobody has seen a profile yet. The script goes on asking. */
export function notYetPage(
  look: Look,
  { url, statusUrl, code }: { url: string; statusUrl: string; code?: string },
): string {
  const { result } = look.texts;
  return layout(look, {
    title: result.notYet,
    step: 3,
    main: html`<p class="lead">${result.notYetLead}</p>
      <p class="small" role="status" data-status="${statusUrl}" data-asking="${result.asking}"></p>
      <p><a class="primary button" href="${url}">${result.again}</a></p>
      <p>
        <a href="${code ? `/activate?user_code=${encodeURIComponent(code)}` : '/activate'}"
          >${result.retry}</a
        >
      </p>`,
  });
}

const tick = html`<svg class="tick" viewBox="0 0 64 64" width="88" height="88" aria-hidden="true">
  <circle cx="32" cy="32" r="30" />
  <path d="M19 33.5l9 9 18-20" />
</svg>`;
