import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { readAemSettings } from '../../src/aem-settings.ts';
import { createAemEnvironment } from '../../src/aem-environment.ts';
import { logImsEvent } from '../../src/ims-log.ts';
import { createLogger } from '../../src/log.ts';
import { type ImsSandbox, startImsSandbox } from '../../src/sandbox/ims/index.ts';

const DAY = 24 * 3_600_000;

describe('the log of a worker with AEM', () => {
  let ims: ImsSandbox;
  before(async () => {
    ims = await startImsSandbox();
  });
  after(() => ims.stop());

  /** What is logged while a token is asked for. */
  async function logged(credentials: object): Promise<Record<string, unknown>[]> {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const logger = createLogger('info', destination);
    const settings = readAemSettings({
      AEM_PUBLISH_URL: 'https://publish.example.com',
      AEM_CREDENTIALS: JSON.stringify(credentials),
      IMS_ALLOWED_HOSTS: `http://${ims.host}`,
    });
    assert.ok(settings);
    const { tokens, close } = createAemEnvironment(settings, (event) => logImsEvent(event, logger));
    await tokens.accessToken().catch(() => {});
    close();
    for (const secret of ims.secrets()) {
      assert.ok(!lines.join('').includes(secret), 'a secret in the log');
    }
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('tells of a new token whose it is and when it ends, never itself [complaint: secrets in logs]', async () => {
    const [renewed, ...more] = await logged(ims.oauthCredentials());
    assert.equal(renewed?.['msg'], 'token of AEM renewed');
    assert.match(String(renewed['credential']), /@techacct\.adobe\.com$/);
    assert.ok(Number(renewed['expiresAt']) > Date.now());
    assert.deepEqual(more, []);
  });

  it('tells what IMS said and what to do when there is none [complaint: hidden IMS errors]', async () => {
    const credentials = ims.oauthCredentials();
    ims.forbid(credentials.technicalAccount.clientId);
    const [failed] = await logged(credentials);
    assert.equal(failed?.['level'], 50);
    assert.match(String(failed['msg']), /^ims .*: 400 unauthorized_client.*; /);
  });

  it('warns of a certificate that is about to end', async () => {
    const ends = Date.now() + 5 * DAY;
    const lines = await logged(ims.serviceCredentials({ certificateEndsAt: ends }));
    const warning = lines.find(({ level }) => level === 40);
    const day = new Date(ends).toISOString().slice(0, 10);
    assert.match(String(warning?.['msg']), new RegExp(`ends on ${day}: add a new one in the AEM`));
  });
});
