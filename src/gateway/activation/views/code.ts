import { plainCode } from '../../../client.ts';
import { html, type Html } from '../html.ts';
import { layout, type Look } from '../layout.ts';
import { declineButton } from './decline.ts';

export interface CodeView {
  csrf: string;
  /** What was typed, or came with the QR code. */
  code?: string;
  scanned?: boolean;
  wrong?: 'missing' | 'unknown' | 'old' | 'shared';
}

/** Where a viewer types the code, or confirms the one that came with the QR code. */
export function codePage(
  look: Look,
  { csrf, code = '', scanned = false, wrong }: CodeView,
): string {
  const { code: texts, unknown } = look.texts;
  const isRefused = wrong !== undefined && wrong !== 'missing';
  const asks = scanned && wrong === undefined;
  return layout(look, {
    title: isRefused ? unknown.title : asks ? texts.scannedTitle : texts.title,
    failed: wrong !== undefined,
    step: 1,
    main: html`${
        isRefused
          ? wrongCode(unknown, unknown.messages[wrong])
          : html`<p class="lead">${asks ? texts.scannedLead : texts.lead}</p>`
      }
      <form method="post" action="/activate" data-once>
        <input type="hidden" name="_csrf" value="${csrf}" />
        <label for="user_code">${texts.label}</label>
        ${wrong === 'missing' && html`<p class="wrong" id="wrong" role="alert">${texts.missing}</p>`}
        <input
          class="code"
          id="user_code"
          name="user_code"
          value="${grouped(code)}"
          autocomplete="off"
          autocapitalize="characters"
          autocorrect="off"
          spellcheck="false"
          enterkeyhint="go"
          maxlength="24"
          required
          ${!asks && html`aria-describedby="${wrong === undefined ? 'hint' : 'wrong hint'}"`}
          ${wrong !== undefined && html`aria-invalid="true" autofocus`}
          data-code
        />
        ${!asks && html`<p class="hint" id="hint">${texts.hint}</p>`}
        <button class="primary" type="submit">${asks ? texts.scannedSubmit : texts.submit}</button>
        ${asks && declineButton(look.texts)}
      </form>`,
  });
}

/** As TVs show it: in two or more groups, which eyes and voices take in more easily. */
export function grouped(code: string): string {
  const plain = plainCode(code).slice(0, 20);
  if (plain.length <= 7) return `${plain.slice(0, 3)} ${plain.slice(3)}`.trim();
  return (plain.match(/.{1,4}/g) ?? []).join(' ');
}

function wrongCode(texts: Look['texts']['unknown'], message: string): Html {
  return html`<div class="notice bad" id="wrong" role="alert">
    <p><strong>${message}</strong></p>
    <p>${texts.check}</p>
    <p>${texts.renew}</p>
  </div>`;
}
