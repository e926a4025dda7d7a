import type { Texts } from '../languages/index.ts';
import type { Brand } from '../settings.ts';
import type { Assets } from './assets.ts';
import { type Content, html, type Html } from './html.ts';

/** How pages look for one viewer: whose they are, and in which language. */
export interface Look extends Assets {
  brand: Brand;
  texts: Texts;
}

export interface Page {
  /** The heading, and the first words of the window's title. */
  title: string;
  main: Html;
  /** Where the viewer is on the way: 1 code, 2 provider, 3 signed in. */
  step?: 1 | 2 | 3;
  /** Says so in the window's title, which a screen reader reads first. */
  failed?: boolean;
  /** Above the heading: a picture. */
  above?: Content;
  head?: Content;
}

const STEPS = 3;

/** A whole page. */
export function layout({ brand, texts, styleUrl, scriptUrl }: Look, page: Page): string {
  const { title, main, step, failed, above, head } = page;
  const prefix = failed ? `${texts.error}: ` : '';
  const document = html`<!doctype html>
    <html lang="${texts.lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${prefix}${title} – ${brand.name}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${styleUrl}" />
        <script type="module" src="${scriptUrl}"></script>
        ${head}
      </head>
      <body>
        <header>
          ${
            brand.logoUrl !== undefined &&
            html`<img src="${brand.logoUrl}" alt="" height="32" data-logo />`
          }
          <span class="brand">${brand.name}</span>
        </header>
        <main>
          ${step !== undefined && progress(texts, step)} ${above}
          <h1>${title}</h1>
          ${main}
        </main>
      </body>
    </html>`;
  return document.toString();
}

function progress(texts: Texts, step: number): Html {
  const dots = Array.from({ length: STEPS }, (_, index) =>
    index < step ? html`<i class="on"></i>` : html`<i></i>`,
  );
  return html`<p class="steps">
    <span class="dots" aria-hidden="true">${dots}</span> ${texts.step(step, STEPS)}
  </p>`;
}
