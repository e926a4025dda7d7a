import type { Mvpd } from './catalog.ts';
import { escapeHtml, page } from './html.ts';

/** The MVPD's sign-in page; `problem` is shown above the fields and read out at once. */
export function loginPage(mvpd: Mvpd, relay: string, username = '', problem?: string): string {
  const name = escapeHtml(mvpd.displayName);
  const alert = problem
    ? `<p class="error" role="alert" id="problem">${escapeHtml(problem)}</p>`
    : '';
  return page(
    `Sign in to ${mvpd.displayName}`,
    `<img src="/mvpd/${mvpd.id}/logo.svg" alt="" width="96" height="48">
<h1>Sign in to ${name}</h1>
<p>Use your ${name} account to watch on your TV.</p>
${alert}
<form method="post" action="/mvpd/${mvpd.id}/login">
<input type="hidden" name="RelayState" value="${escapeHtml(relay)}">
<label for="username">Username</label>
<input id="username" name="username" type="text" autocomplete="username" autocapitalize="none"
  value="${escapeHtml(username)}" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>
<small>A made-up provider: any username and password will do. <b>nosub</b> has no channels,
<b>denied</b> cannot sign in.</small>`,
    mvpd.color,
  );
}

/** The MVPD's logo. */
export function logo(mvpd: Mvpd): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="192" height="96" viewBox="0 0 192 96" role="img">
<title>${escapeHtml(mvpd.displayName)}</title>
<rect width="192" height="96" rx="14" fill="${mvpd.color}"/>
<text x="96" y="56" fill="#fff" font-family="system-ui, sans-serif" font-size="24" font-weight="700" text-anchor="middle">${escapeHtml(mvpd.displayName)}</text>
</svg>
`;
}
