import type { KnownCode } from '../../codes.ts';
import { html } from '../html.ts';
import { layout, type Look } from '../layout.ts';
import { declineForm } from './decline.ts';
import { deviceCard, whileCodeLasts } from './device.ts';

/** A provider is chosen already, by the TV or a moment ago: its page is next. */
export function chosenPage(look: Look, { csrf, code, checked, provider, url }: ChosenView): string {
  const { texts } = look;
  return layout(look, {
    title: provider === undefined ? texts.chosen.unnamed : texts.chosen.title(provider),
    step: 2,
    main: whileCodeLasts(
      texts,
      checked.known.expiresAt,
      html`<p class="lead">${texts.chosen.lead}</p>
        ${deviceCard(texts, code, checked)}
        <p>
          <a class="primary button" href="${url}"
            >${
              provider === undefined ? texts.chosen.unnamedSubmit : texts.chosen.submit(provider)
            }</a
          >
        </p>
        ${checked.tv && declineForm(texts, { csrf, code })}
        <p><a href="/activate/provider?choose=1">${texts.chosen.other}</a></p>`,
    ),
  });
}

export interface ChosenView {
  csrf: string;
  code: string;
  checked: KnownCode;
  provider: string | undefined;
  /** At Adobe Pass. */
  url: string;
}

/**
 * Goes on to the provider's page by itself. A redirect from the form would make every provider's
 * host part of `form-action`, for browsers check the whole chain, and nobody knows those hosts.
 */
export function handOverPage(look: Look, url: string): string {
  const { handOver } = look.texts;
  return layout(look, {
    title: handOver.title,
    step: 2,
    head: html`<meta http-equiv="refresh" content="0; url=${url}" />`,
    main: html`<p class="lead">${handOver.lead}</p>
      <p><a class="primary button" href="${url}">${handOver.submit}</a></p>`,
  });
}
