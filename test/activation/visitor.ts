import { freshIp } from '../support/stack.ts';

/** A browser without a screen: keeps cookies and the token of the last form. */
export class Visitor {
  readonly #url: string;
  readonly #ip = freshIp();
  readonly #cookies = new Map<string, string>();
  token = '';
  #action = '/activate';

  constructor(url: string) {
    this.#url = url;
  }

  /** A cookie that the browser has of another page of the domain. */
  set(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#send(path, { headers });
  }

  /** Sends the form of the page that was got last. */
  submit(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Page> {
    return this.post(this.#action, { _csrf: this.token, ...fields }, headers);
  }

  post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const own = { origin: this.#url, 'sec-fetch-site': 'same-origin', ...headers };
    return this.#send(path, { method: 'POST', headers: own, body: new URLSearchParams(fields) });
  }

  async #send(
    path: string,
    init: Omit<RequestInit, 'headers'> & { headers: Record<string, string> },
  ): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#url + path, {
      ...init,
      redirect: 'manual',
      headers: { 'x-forwarded-for': this.#ip, cookie, ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
    const text = await response.text();
    const [, token] = /name="_csrf" value="([^"]+)"/.exec(text) ?? [];
    const [, action] = /<form method="post" action="([^"]+)"/.exec(text) ?? [];
    this.token = token ?? this.token;
    this.#action = action ?? this.#action;
    return { status: response.status, headers: response.headers, text };
  }
}

export interface Page {
  status: number;
  headers: Headers;
  text: string;
}
