import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Farm,
  type FarmInstance,
  type FarmOptions,
  startFarm,
} from '../../src/sandbox/farm/index.ts';

export const ADMIN = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
export const HANDLER = 'com.day.crx.security.token.impl.impl.TokenAuthenticationHandler';
export const CRYPTO = 'com.adobe.granite.crypto';

/** A farm in a folder of its own, which goes with it. */
export async function temporaryFarm(options: Partial<FarmOptions> = {}): Promise<Farm> {
  const folder = await mkdtemp(join(tmpdir(), 'devicepass-sandbox-farm-'));
  const farm = await startFarm({ folder, ...options });
  return {
    ...farm,
    async stop() {
      await farm.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One request, as a tool without any of our code would send it. */
export async function call(
  { url }: FarmInstance,
  path: string,
  options: {
    form?: Record<string, string> | [string, string][];
    headers?: Record<string, string>;
  } = {},
) {
  const { form, headers = { authorization: ADMIN } } = options;
  const response = await fetch(`${url}${path}`, {
    redirect: 'manual',
    headers,
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** Signs in by the form; the cookie's value as it stands on the wire. */
export async function cookieOf(instance: FarmInstance, user = 'viewer', password = 'viewer') {
  const answer = await call(instance, '/libs/granite/core/content/login.html/j_security_check', {
    form: { j_username: user, j_password: password, j_validate: 'true', _charset_: 'utf-8' },
    headers: {},
  });
  const [cookie = ''] = answer.headers.getSetCookie();
  return { ...answer, value: /^login-token=([^;]*)/.exec(cookie)?.[1] ?? '' };
}

/** Whom an instance takes the bearer of a cookie for. */
export async function whoIs(instance: FarmInstance, value: string): Promise<unknown> {
  const answer = await call(instance, '/libs/granite/security/currentuser.json', {
    headers: { cookie: `login-token=${value}` },
  });
  return (JSON.parse(answer.text) as { authorizableId?: unknown }).authorizableId;
}
