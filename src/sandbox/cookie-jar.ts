/** A browser's cookies, by host; paths and dates are not looked at, Max-Age=0 deletes. */
export class CookieJar {
  readonly #hosts = new Map<string, Map<string, string>>();

  /** Keeps what a response from `url` sets. */
  keep(url: string, response: Response): void {
    const { host } = new URL(url);
    const cookies = this.#hosts.get(host) ?? new Map<string, string>();
    this.#hosts.set(host, cookies);
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(/;\s*/);
      const [name = '', ...value] = pair.split('=');
      if (rest.some((part) => /^max-age=0$/i.test(part))) cookies.delete(name);
      else cookies.set(name, value.join('='));
    }
  }

  /** The `cookie` header for a request to `url`, when there is one to send. */
  headersFor(url: string): Record<string, string> {
    const cookies = [...(this.#hosts.get(new URL(url).host) ?? [])];
    if (cookies.length === 0) return {};
    return { cookie: cookies.map(([name, value]) => `${name}=${value}`).join('; ') };
  }
}
