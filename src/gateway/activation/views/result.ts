import { html } from '../html.ts';
import { layout, type Look } from '../layout.ts';

/** The TV is signed in: the end of the way. */
export function donePage(look: Look, provider: string | undefined): string {
  const { result } = look.texts;
  return layout(look, {
    title: result.done,
    step: 3,
    above: tick,
    main: html`<p class="lead">
        ${provider === undefined ? result.doneLead : result.doneWith(provider)}
      </p>
      <p class="small">${result.close}</p>`,
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
