/** A form with a password field, found in a page. */
export interface LoginForm {
  action: string;
  method: 'GET' | 'POST';
  fields: URLSearchParams;
}

/** Finds a login form and fills it in; hidden fields keep their values. */
export function fillLoginForm(
  html: string,
  pageUrl: string,
  username: string,
  password: string,
): LoginForm | undefined {
  for (const [, opening = '', content = ''] of html.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/gi)) {
    const inputs = [...content.matchAll(/<input\b([^>]*)>/gi)].map(([, text = '']) =>
      attributes(text),
    );
    if (!inputs.some((input) => typeOf(input) === 'password')) continue;
    const fields = new URLSearchParams();
    let named = false;
    for (const input of inputs) {
      const name = input.get('name');
      if (name === undefined) continue;
      const type = typeOf(input);
      const isUsername = !named && ['text', 'email', 'tel'].includes(type);
      if (isUsername) named = true;
      if (type === 'password') fields.append(name, password);
      else if (isUsername) fields.append(name, username);
      else if (!['submit', 'button', 'checkbox', 'radio', 'image', 'reset'].includes(type)) {
        fields.append(name, input.get('value') ?? '');
      }
    }
    const form = attributes(opening);
    const method = form.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
    return { action: new URL(form.get('action') ?? '', pageUrl).href, method, fields };
  }
  return undefined;
}

function typeOf(input: Map<string, string>): string {
  return input.get('type')?.toLowerCase() ?? 'text';
}

function attributes(text: string): Map<string, string> {
  const found = text.matchAll(/([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi);
  return new Map(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decode(double ?? single ?? bare ?? ''),
    ]),
  );
}

function decode(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|([a-z]+));/gi, (all, code?: string, name?: string) =>
    code === undefined ? (named[name ?? ''] ?? all) : String.fromCodePoint(Number(code)),
  );
}
