import { CookieJar } from './cookie-jar.ts';
import { fillLoginForm } from './login-form.ts';
import type { LoginForm } from './login-form.ts';

/** Where a viewer's browser went. */
export interface ViewerVisit {
  /** The page it ended at; the login page again when the provider refused the viewer. */
  finalUrl: string;
  /** Every address it opened, in order, the final one included. */
  hops: string[];
}

/** Who signs in. */
export interface ViewerOptions {
  username?: string;
  password?: string;
  signal?: AbortSignal;
}

const maxHops = 30;

/**
 * Opens the address as a browser does, fills in the first login form it meets and goes on to the
 * first page that is none. An address behind the login that cannot be reached, as an application's
 * own scheme, still counts as the end. Rejects when the first address cannot be reached, the
 * redirects do not end, or `signal` aborts.
 */
export async function signInAsViewer(
  authenticateUrl: string,
  { username = 'viewer', password = 'password', signal }: ViewerOptions = {},
): Promise<ViewerVisit> {
  const jar = new CookieJar();
  const hops: string[] = [];
  let url = authenticateUrl;
  let form: LoginForm | undefined;
  let submitted = false;
  while (hops.length < maxHops) {
    hops.push(url);
    if (!/^https?:/.test(url)) return { finalUrl: url, hops };
    const response = await open(url, form, jar, signal).catch((error: unknown) => {
      if (signal?.aborted || !submitted) throw error;
      return undefined;
    });
    form = undefined;
    if (response === undefined) return { finalUrl: url, hops };
    const html = await response.text();
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      url = new URL(location, url).href;
      continue;
    }
    form = submitted ? undefined : fillLoginForm(html, url, username, password);
    if (form === undefined) return { finalUrl: url, hops };
    submitted = true;
    url = form.action;
  }
  throw new Error(`the login did not end after ${String(maxHops)} pages`);
}

async function open(
  url: string,
  form: LoginForm | undefined,
  jar: CookieJar,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const target = new URL(url);
  if (form?.method === 'GET') target.search = form.fields.toString();
  const response = await fetch(target, {
    redirect: 'manual',
    headers: { accept: 'text/html', ...jar.headersFor(url) },
    ...(form?.method === 'POST' ? { method: 'POST', body: form.fields } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  jar.keep(url, response);
  return response;
}
