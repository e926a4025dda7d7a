import type { KnownCode } from '../../codes.ts';
import { html, type Html } from '../html.ts';
import { layout, type Look } from '../layout.ts';
import { declineButton, declineForm } from './decline.ts';
import { deviceCard, whileCodeLasts } from './device.ts';

export interface Provider {
  id: string;
  displayName: string;
  logoUrl?: string;
}

export interface ProvidersView {
  csrf: string;
  code: string;
  checked: KnownCode;
  providers: Provider[];
  /** What the viewer looks for, without the script. */
  search: string;
  /** The chosen provider was not on the list. */
  gone?: boolean;
  /** Why the chosen provider can't be had, in Adobe's words. */
  refused?: string;
}

/** The TV by name, and the providers to choose from. */
export function providersPage(look: Look, view: ProvidersView): string {
  const { texts } = look;
  const { code, checked, providers, search, gone = false, refused } = view;
  const shown = matching(providers, search, texts.lang);
  return layout(look, {
    title: texts.tv.title,
    failed: gone || refused !== undefined,
    step: 2,
    main: whileCodeLasts(
      texts,
      checked.known.expiresAt,
      html`<p class="lead">${texts.tv.lead}</p>
        ${gone && html`<p class="notice bad" role="alert">${texts.providers.gone}</p>`}
        ${refused !== undefined && refusal(texts, refused)} ${deviceCard(texts, code, checked)}
        ${providers.length > 0 && checked.tv && declineButton(texts, 'providers')}
        ${providers.length === 0 && checked.tv && declineForm(texts, view)}
        ${
          providers.length === 0
            ? html`<p class="notice bad" role="alert">${texts.providers.empty}</p>`
            : [searchForm(look, search, shown.length), providerForm(look, view, shown)]
        }`,
    ),
  });
}

function refusal({ providers: texts }: Look['texts'], words: string): Html {
  return html`<div class="notice bad" role="alert">
    <p>${texts.refused}</p>
    <p class="small" dir="auto">${words}</p>
  </div>`;
}

function searchForm({ texts: { providers: texts } }: Look, search: string, found: number): Html {
  return html`<form role="search" method="get" action="/activate/provider" data-search>
      <label for="search">${texts.search}</label>
      <div class="row">
        <input id="search" name="search" type="search" value="${search}" autocomplete="off" />
        <button type="submit">${texts.find}</button>
      </div>
    </form>
    <p
      class="small"
      role="status"
      data-count
      data-one="${texts.countOne}"
      data-other="${texts.countOther}"
      data-none="${texts.none}"
    >
      ${found === 0 ? texts.none : texts.count(found)}
    </p>
    ${search && html`<p data-all><a href="/activate/provider?choose=1">${texts.all}</a></p>`}`;
}

function providerForm({ texts }: Look, { csrf, code }: ProvidersView, shown: Provider[]): Html {
  return html`<form method="post" action="/activate/provider" id="providers" data-once>
    <input type="hidden" name="_csrf" value="${csrf}" />
    <input type="hidden" name="user_code" value="${code}" />
    <ul class="providers" aria-label="${texts.providers.list}">
      ${shown.map(
        ({ id, displayName, logoUrl }) =>
          html`<li data-name="${displayName}">
            <button type="submit" name="mvpd" value="${id}">
              <span class="logo">
                ${
                  logoUrl !== undefined &&
                  html`<img
                    src="${logoUrl}"
                    alt=""
                    width="96"
                    height="48"
                    loading="lazy"
                    data-logo
                  />`
                }
              </span>
              <span>${displayName}</span>
            </button>
          </li>`,
      )}
    </ul>
  </form>`;
}

/** By any part of the name; accents and case don't matter. */
function matching(providers: Provider[], search: string, lang: string): Provider[] {
  const wanted = folded(search);
  return providers
    .filter(({ displayName }) => folded(displayName).includes(wanted))
    .sort((one, other) => one.displayName.localeCompare(other.displayName, lang));
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, '');
}
