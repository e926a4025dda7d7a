import { Agent } from 'node:http';
import { got } from 'got';

const agent = { http: new Agent({ keepAlive: true, maxSockets: 256 }) };
const http = got.extend({ agent, retry: { limit: 0 }, timeout: { request: 8_000 } });

/** The four calls of a first contact. */
export const FIRST_CONTACT = ['o/client/register', 'o/client/token', 'profiles', 'sessions'];

/** Asks the stand-in once, as simply as it goes. */
export async function call(baseUrl: string, path: string): Promise<void> {
  await http.post(`${baseUrl}/${path}`, { json: {} }).json();
}

/** One poll: whether the viewer has signed in. */
export async function poll(baseUrl: string, code: string): Promise<boolean> {
  const { profiles } = await http
    .get(`${baseUrl}/api/v2/REF30/profiles/code/${code}`)
    .json<{ profiles: object }>();
  return Object.keys(profiles).length > 0;
}
