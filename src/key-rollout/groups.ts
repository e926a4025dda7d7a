import type { Http } from '../http/index.ts';
import { KeyRolloutError } from './errors.ts';
import { type AemHost, urlAt } from './host.ts';
import { asRecord, parseJson } from './json.ts';
import { lost } from './login-token.ts';

/** The groups of a user, as the administrator sees them, sorted. Everybody is in `everyone`. */
export async function groupsOf(host: AemHost, http: Http, home: string): Promise<string[]> {
  const { user, password } = host.admin;
  const path = home.split('/').map(encodeURIComponent).join('/');
  if (!path.startsWith('/home/')) {
    throw new KeyRolloutError({
      code: 'test_user_unfit',
      message: `${host.id} gives ${JSON.stringify(home.slice(0, 200))} for the home of the test user: it should be below /home/`,
    });
  }
  const answer = await http
    .send({
      url: urlAt(host, `${path}.rw.json?props=memberOf`),
      headers: {
        authorization: `Basic ${Buffer.from(`${user}:${password()}`).toString('base64')}`,
      },
    })
    .catch((error: unknown) => {
      throw lost(host, error);
    });
  const memberOf = asRecord(parseJson(answer.text))?.['memberOf'];
  if (answer.status !== 200 || !Array.isArray(memberOf)) {
    throw new KeyRolloutError({
      code: 'test_user_unfit',
      message: `${host.id} does not list the groups of the test user (HTTP ${answer.status} for ${home}.rw.json)`,
      retryable: answer.status >= 500,
    });
  }
  return memberOf
    .map((group) => asRecord(group)?.['authorizableId'])
    .filter((id) => typeof id === 'string')
    .filter((id) => id !== 'everyone')
    .sort();
}
