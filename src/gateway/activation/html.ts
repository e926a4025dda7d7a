/** HTML that may be sent as it is. Only `html` makes it, so everything else in it was escaped. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template: text is escaped, HTML is not, nothing is nothing. */
export type Content = string | number | Html | false | undefined | readonly Content[];

/** A template whose values are escaped, in content and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  const parts = strings.map((text, index) => text + toText(values[index]));
  return new Html(parts.join(''));
}

function toText(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map((item) => toText(item)).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
