import { html } from '../html.ts';
import { layout, type Look } from '../layout.ts';

export interface ProblemView {
  title: string;
  lead: string;
  /** The same page once more, where that may help. */
  reload?: string;
}

/** Something went wrong: what, and the way out. */
export function problemPage(look: Look, { title, lead, reload }: ProblemView): string {
  const { problem } = look.texts;
  return layout(look, {
    title,
    failed: true,
    main: html`<p class="lead">${lead}</p>
      ${
        reload !== undefined &&
        html`<p><a class="primary button" href="${reload}">${problem.reload}</a></p>`
      }
      <p>
        <a class="${reload === undefined ? 'primary button' : 'quiet'}" href="/activate"
          >${problem.start}</a
        >
      </p>`,
  });
}
