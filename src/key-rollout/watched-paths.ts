import type { Http } from '../http/index.ts';
import { type AemHost, urlOn } from './host.ts';
import { lost } from './login-token.ts';

/** The status of each path for somebody who is not signed in, such as the start of an SSO login. */
export async function statusesOf(
  host: AemHost,
  http: Http,
  paths: readonly string[],
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const path of paths) {
    const url = urlOn(host, path);
    const answer = await http.send({ url }).catch((error: unknown) => {
      throw lost(host, error);
    });
    statuses[path] = answer.status;
  }
  return statuses;
}
