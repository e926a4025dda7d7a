import type { Instance } from './instance.ts';
import { TOKEN_HANDLER } from './metatype.ts';
import type { FarmAnswer, FarmRequest } from './request.ts';
import { encapsulatedUser, issueEncapsulated, onTheWire } from './tokens.ts';

export const LOGIN = '/libs/granite/core/content/login.html';
const MOST_FAILURES = 5;

/** The login form's target, with `j_validate` and without. */
export function login(instance: Instance, { form, headers }: FarmRequest): FarmAnswer {
  const referer = headers['referer'];
  if (referer !== undefined && new URL(referer).pathname !== LOGIN) return { status: 403 };
  const user = form.get('j_username') ?? '';
  const failures = instance.failures.get(user) ?? 0;
  const known = instance.users.get(user)?.password;
  const right = known !== undefined && known === form.get('j_password');
  const validates = form.get('j_validate') === 'true';
  if (!right || failures >= MOST_FAILURES) {
    instance.failures.set(user, failures + 1);
    const reason = failures >= MOST_FAILURES ? 'account_locked' : 'invalid_login';
    return validates
      ? {
          status: 403,
          headers: { 'x-reason': 'User name and password do not match', 'x-reason-code': reason },
        }
      : { status: 302, headers: { location: `${LOGIN}?j_reason=${reason}` } };
  }
  instance.failures.delete(user);
  const value = issue(instance, user);
  instance.tokens.push(value);
  const cookie = `login-token=${onTheWire(value)}; Path=/; HttpOnly; Max-Age=604800`;
  return validates
    ? { status: 200, headers: { 'set-cookie': cookie }, text: '' }
    : { status: 302, headers: { 'set-cookie': cookie, location: form.get('resource') ?? '/' } };
}

function issue(instance: Instance, user: string): string {
  const on = instance.configurations.value(TOKEN_HANDLER, 'token.encapsulated') === true;
  const { switchPending } = instance;
  if (switchPending === 'late') instance.switchPending = 'no';
  const encapsulates = switchPending === 'no' ? on : !on;
  if (encapsulates && instance.keys) return issueEncapsulated(instance.keys, user);
  return instance.opaque.issue(user);
}

/** Whom a request's cookie stands for; a user who isn't here is nobody here. */
export function userOf(instance: Instance, { headers }: FarmRequest): string | undefined {
  const cookies = (headers['cookie'] ?? '').split(/;\s*/);
  const cookie = cookies.find((pair) => pair.startsWith('login-token='));
  if (!cookie) return undefined;
  const value = decodeURIComponent(cookie.slice('login-token='.length));
  const on = instance.configurations.value(TOKEN_HANDLER, 'token.encapsulated') === true;
  const user =
    instance.opaque.userOf(value) ??
    (on && instance.keys ? encapsulatedUser(instance.keys, value) : undefined);
  return user !== undefined && instance.users.has(user) ? user : undefined;
}

/** Who is asking. Without a valid login mostly `anonymous`, with 200. */
export function currentUser(instance: Instance, request: FarmRequest): FarmAnswer {
  const user = userOf(instance, request);
  if (user !== undefined) {
    return { status: 200, json: { type: 'user', authorizableId: user, home: homeOf(user) } };
  }
  switch (instance.settings.unknownUser) {
    case '401':
      return { status: 401 };
    case '302':
      return { status: 302, headers: { location: LOGIN } };
    case 'anonymous':
      return {
        status: 200,
        json: { type: 'user', authorizableId: 'anonymous', home: '/home/users/a/anonymous' },
      };
  }
}

function homeOf(user: string): string {
  return `/home/users/${user.charAt(0)}/${user}`;
}

/** A user's groups, for administrators only. */
export function authorizable(instance: Instance, request: FarmRequest): FarmAnswer {
  const admin = `Basic ${Buffer.from(instance.settings.admin).toString('base64')}`;
  if (request.headers['authorization'] !== admin) return { status: 404 };
  const [, id = ''] = /^\/home\/users\/.*?([^/]+)\.rw\.json$/.exec(request.path) ?? [];
  const user = instance.users.get(id);
  if (!user) return { status: 404 };
  const memberOf = user.groups.map((group) => ({ type: 'group', authorizableId: group }));
  const asked = request.query.get('props') === 'memberOf';
  return { status: 200, json: { type: 'user', authorizableId: id, ...(asked && { memberOf }) } };
}
