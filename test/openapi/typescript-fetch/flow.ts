import { Configuration, OauthApi, ResponseError, type Token, TvApi } from './generated/index.js';

// A TV whose client was generated: what does not fit does not compile.

declare const process: { env: Record<string, string> };
const { ISSUER: basePath = '', STATEMENT: softwareStatement = '' } = process.env;
const say = (news: object) => console.log(JSON.stringify(news));

const client = await new OauthApi(new Configuration({ basePath })).registerClient({
  clientRegistrationRequest: {
    softwareStatement,
    device: {
      model: 'typescript-fetch',
      version: '1',
      osName: 'Linux',
      osVersion: '6',
      connectionType: 'LAN',
    },
  },
});
const { clientId: username, clientSecret: password } = client;
const oauth = new OauthApi(new Configuration({ basePath, username, password }));
// With Basic the form is empty.
const shown = await oauth.authorizeDevice();
say({ user_code: shown.userCode });

let token: Token | undefined;
while (!token) {
  try {
    token = await oauth.requestToken({
      grantType: 'urn:ietf:params:oauth:grant-type:device_code',
      deviceCode: shown.deviceCode,
    });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    const { error: code } = (await error.response.json()) as { error: string };
    if (!['authorization_pending', 'slow_down'].includes(code)) throw new Error(code);
    await new Promise((resolve) => setTimeout(resolve, shown.interval * 1_000));
  }
}
const accessToken = `Bearer ${token.accessToken}`;
const tv = new TvApi(new Configuration({ basePath, accessToken }));

const session = await tv.getSession();
if (session.status !== 'signed-in') throw new Error(session.status);
say({ session: session.status, provider: session.mvpd.id, lasts: session.expiresIn > 0 });

const play = await tv.authorize({ authorizeRequest: { resource: 'REF30' } });
if (play.status === 'denied') throw new Error(play.code);
say({ permitted: play.mediaToken.expiresIn > 0 });
say({ after: (await tv.logout()).status });
