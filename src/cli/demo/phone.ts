import { CookieJar } from '../../sandbox/cookie-jar.ts';
import { CommandError } from '../fail.ts';

/** A page that the phone shows. */
export interface Shown {
  url: string;
  html: string;
}

const MAX_HOPS = 20;

/** A browser without a screen: keeps cookies, follows redirects, sends the first form of a page. */
export class Phone {
  readonly #headers: Record<string, string>;
  readonly #cookies = new CookieJar();

  /** @param headers go with every request, as a proxy would add them */
  constructor(headers: Record<string, string> = {}) {
    this.#headers = headers;
  }

  open(url: string): Promise<Shown> {
    return this.#go(url);
  }

  /** Sends the page's form as it is filled in, with the pressed button. */
  submit(page: Shown, button: Record<string, string> = {}): Promise<Shown> {
    const [, opening = '', content = ''] =
      /<form\b([^>]*method="post"[^>]*)>([^]*?)<\/form>/i.exec(page.html) ?? [];
    const action = attribute(opening, 'action');
    if (action === undefined) throw new CommandError(`there is no form at ${page.url}`);
    const fields = new URLSearchParams(button);
    for (const [input] of content.matchAll(/<input\b[^>]*>/gi)) {
      const name = attribute(input, 'name');
      if (name !== undefined) fields.append(name, attribute(input, 'value') ?? '');
    }
    return this.#go(new URL(action, page.url).href, fields);
  }

  async #go(start: string, form?: URLSearchParams): Promise<Shown> {
    let url = start;
    let body = form;
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          'accept-language': 'en',
          ...this.#headers,
          ...this.#cookies.headersFor(url),
          ...(body ? { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' } : {}),
        },
        ...(body ? { method: 'POST', body } : {}),
      });
      this.#cookies.keep(url, response);
      const html = await response.text();
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) return { url, html };
      url = new URL(location, url).href;
      body = undefined;
    }
    throw new CommandError(`${start} redirects without end`);
  }
}

/** The value of an attribute, as it was before it was escaped. */
export function attribute(tag: string, name: string): string | undefined {
  const [, value] = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag) ?? [];
  return value === undefined ? undefined : unescaped(value);
}

/** The text of the first element of a class. */
export function textOf(html: string, className: string): string | undefined {
  const [, , content] =
    new RegExp(`<(\\w+)[^>]*class="${className}"[^>]*>([^]*?)</\\1>`).exec(html) ?? [];
  return content === undefined ? undefined : unescaped(content.replace(/<[^>]*>/g, '')).trim();
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
