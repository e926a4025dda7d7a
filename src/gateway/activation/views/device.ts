import type { KnownCode } from '../../codes.ts';
import type { Texts } from '../../languages/index.ts';
import { html, type Html } from '../html.ts';
import { grouped } from './code.ts';

/** Which TV it is, how long its code lasts, and a warning if it may be somebody else's. */
export function deviceCard(
  texts: Texts,
  code: string,
  { known, sameNetwork }: Pick<KnownCode, 'known' | 'sameNetwork'>,
): Html {
  return html`<section class="card device">
      ${television}
      <div>
        <p class="small">${texts.tv.device}</p>
        <p class="device-name">${deviceName(known.device, texts)}</p>
        <p class="small"><span class="plain-code">${grouped(code)}</span></p>
      </div>
      <p class="small stop">${texts.tv.notYours} <a href="/activate">${texts.tv.stop}</a></p>
    </section>
    ${sameNetwork === false && networkWarning(texts)}`;
}

/** How long the code lasts: a phrase that stays true a while; with the script, a clock. */
export function timeLeft(texts: Texts, expiresAt: Date | undefined): Html | undefined {
  if (!expiresAt) return undefined;
  const minutes = Math.max(0, Math.round((expiresAt.getTime() - Date.now()) / 60_000));
  return html`<p
      class="small time"
      data-expires="${expiresAt.toISOString()}"
      data-label="${texts.tv.timeLeft}"
    >
      ${texts.tv.minutesLeft(minutes)}
    </p>
    <div role="alert" data-ended>
      <template>
        <div class="notice bad">
          <p>${texts.tv.ended}</p>
          <p><a href="/activate">${texts.tv.newCode}</a></p>
        </div>
      </template>
    </div>`;
}

function networkWarning({ tv: { network } }: Texts): Html {
  return html`<section class="notice careful" aria-labelledby="careful">
    <h2 id="careful">${network.title}</h2>
    <p>${network.message}</p>
  </section>`;
}

function deviceName(device: KnownCode['known']['device'], { tv }: Texts): string {
  const { model, manufacturer, osName } = device ?? {};
  if (model === undefined) return osName ?? tv.unknownDevice;
  if (manufacturer === undefined || model.includes(manufacturer)) return model;
  return `${manufacturer} ${model}`;
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
