import type { KnownCode } from '../../codes.ts';
import type { Texts } from '../../languages/index.ts';
import { placeName } from '../../places.ts';
import { html, type Html } from '../html.ts';
import { grouped } from './code.ts';

/** Which TV it is, how long its code lasts, and a warning if it may be somebody else's. */
export function deviceCard(texts: Texts, code: string, checked: KnownCode): Html {
  const { known, sameNetwork, appName, askedAt, isShared } = checked;
  const name = deviceName(known.device, texts);
  return html`<div class="card device" role="group" aria-labelledby="device">
      ${television}
      <div>
        <p class="small" id="device">${texts.tv.device}</p>
        <p class="device-name" title="${name}"><bdi>${name}</bdi></p>
        <p class="small"><span class="plain-code">${grouped(code)}</span></p>
        ${appName !== undefined && html`<p class="small">${texts.tv.app} <bdi>${readable(appName)}</bdi></p>`}
        ${askedAt && html`<p class="small">${asked(texts, checked, askedAt)}</p>`}
      </div>
      <p class="small stop">
        ${texts.tv.notYours}
        ${checked.tv === undefined && html`<a href="/activate">${texts.tv.stop}</a>`}
      </p>
    </div>
    ${isShared && warning('shared', texts.tv.shared)}
    ${sameNetwork === false && warning('careful', texts.tv.network)}`;
}

/**
 * What a page offers while its code lasts, and how long that is: a phrase that stays true a while.
 * With the script it is a clock, and at its end the way to a new code stands there instead.
 */
export function whileCodeLasts(texts: Texts, expiresAt: Date | undefined, offer: Html): Html {
  if (!expiresAt) return offer;
  const leftMs = Math.max(0, expiresAt.getTime() - Date.now());
  return html`<div role="alert" data-ended>
      <template>
        <div class="notice bad">
          <p>${texts.tv.ended}</p>
          <p><a href="/activate">${texts.tv.newCode}</a></p>
        </div>
      </template>
    </div>
    <div data-lasting>
      ${offer}
      <p class="small time" data-left-ms="${leftMs}" data-label="${texts.tv.timeLeft}">
        ${texts.tv.minutesLeft(Math.round(leftMs / 60_000))}
      </p>
    </div>`;
}

function warning(id: string, { title, message }: { title: string; message: string }): Html {
  return html`<section class="notice careful" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <p>${message}</p>
  </section>`;
}

/** Since when, and from where: who started nothing sees that it does not fit. */
function asked({ lang, tv }: Texts, { place }: KnownCode, askedAt: Date): string {
  const minutes = Math.max(0, Math.round((Date.now() - askedAt.getTime()) / 60_000));
  return tv.asked(minutes, place && placeName(place, lang));
}

function deviceName(device: KnownCode['known']['device'], { tv }: Texts): string {
  const { model, manufacturer, osName } = device ?? {};
  const [name, maker] = [readable(model), readable(manufacturer)];
  if (name === '') return readable(osName) || tv.unknownDevice;
  return name.includes(maker) ? name : `${maker} ${name}`;
}

/** A TV's own words as one line, without characters that nobody sees and that turn others around. */
function readable(told = ''): string {
  return told
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .trim();
}

const television = html`<svg viewBox="0 0 48 40" width="56" height="47" aria-hidden="true">
  <rect
    x="2"
    y="2"
    width="44"
    height="29"
    rx="5"
    fill="none"
    stroke="currentColor"
    stroke-width="3"
  />
  <path d="M16 38h16" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
  <path d="M20 11.5v10l9-5z" class="play" />
</svg>`;
