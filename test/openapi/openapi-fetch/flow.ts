import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './generated/schema.js';

// A TV whose every call is typed by the API's description: what does not fit does not compile.

declare const process: { env: Record<string, string> };
const { ISSUER: baseUrl = '', STATEMENT: software_statement = '' } = process.env;
const say = (news: object) => console.log(JSON.stringify(news));
const must = <T>({ data, error }: { data?: T; error?: unknown }): T => {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
};

const api = createClient<paths>({ baseUrl });
const form = {
  bodySerializer: (body: object | undefined) =>
    new URLSearchParams(Object.entries(body ?? {}) as [string, string][]),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
};

const device: components['schemas']['DeviceFacts'] = {
  model: 'openapi-fetch',
  version: '1',
  osName: 'Linux',
  osVersion: '6',
  connectionType: 'LAN',
};
const { client_id, client_secret } = must(
  await api.POST('/oauth/register', { body: { software_statement, device } }),
);
const credentials = { client_id, client_secret };
const shown = must(
  await api.POST('/oauth/device_authorization', { ...form, body: { ...credentials } }),
);
say({ user_code: shown.user_code });

let token: components['schemas']['Token'] | undefined;
while (!token) {
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const { device_code } = shown;
  const body = { ...credentials, grant_type, device_code };
  const { data, error } = await api.POST('/oauth/token', { ...form, body });
  token = data;
  if (error && !['authorization_pending', 'slow_down'].includes(error.error)) throw error;
  if (!token) await new Promise((resolve) => setTimeout(resolve, shown.interval * 1_000));
}
const bearer: Middleware = {
  onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${token?.access_token}`);
    return request;
  },
};
api.use(bearer);

const session = must(await api.GET('/v1/session'));
if (session.status !== 'signed-in') throw new Error(session.status);
say({ session: session.status, provider: session.mvpd.id, lasts: session.expiresIn > 0 });

const play = must(await api.POST('/v1/authorize', { body: { resource: 'REF30' } }));
if (play.status === 'denied') throw new Error(play.code);
say({ permitted: play.mediaToken.expiresIn > 0 });
say({ after: must(await api.POST('/v1/logout', { body: {} })).status });
