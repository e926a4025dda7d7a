import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import {
  connect,
  type DeviceClient,
  type DevicePass,
  KeyRing,
  ServiceTokens,
  UserMetadataKeys,
} from '../../src/client.ts';
import { hashOfIdentity } from '../../src/client/temppass-identity.ts';
import { preparedSamlResponse } from '../../src/adobe-pass/index.ts';
import {
  frameworkAnswer,
  type RecordedRequest,
  type Sandbox,
  signInAsViewer,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { APPLE_TV, NORTH, vouching } from '../flows/apple.ts';
import { eventually, FACTS, sharedTemporal } from '../support/stack.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { KeyFolder } from '../user-metadata/support.ts';
import { found, textOf, type Trace, tracesOf } from './traces.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

// Several, as a TV gets them over time: each has a request limit of its own.
const TV_IPS = [
  '203.0.113.71',
  '203.0.113.72',
  '203.0.113.73',
  '203.0.113.74',
  '203.0.113.75',
] as const;
const APPLE_IP = '203.0.113.76';
const TRIAL_IP = '203.0.113.77';
const PHONE_IP = '203.0.113.78';
const APPLE_VIEWER = 'viewer-of-an-apple-tv';
const APPLE_STATUS = vouching(NORTH, { lifeMs: 86_400_123 });
const IDENTITY = 'viewer-of-trials@example.com';
const APPLE_HEADER = Buffer.from(JSON.stringify(APPLE_STATUS)).toString('base64');

describe('what a lifecycle with faults leaves behind', () => {
  let sandbox: Sandbox;
  let worker: WorkerProcess;
  let pass: DevicePass;
  const keys = KeyRing.generate();
  const errors: unknown[] = [];
  const codes: string[] = [];
  const decrypted: string[] = [];
  const toldByApple: string[] = [];
  const folder = new KeyFolder();
  const pair = folder.pair('current');
  let traces: Trace[] = [];
  let hardwareId: string;
  const subscriberId = `subscriber-${randomUUID()}`;
  const viewerId = `viewer-${randomUUID()}`;
  const visitorIds = [
    '71904438112233445566778899001122334455',
    '30124438112233445566778899001122334499',
  ];
  let identity: IdentityService;
  const subject = `viewer-${randomUUID()}`;
  const tvName = `Kitchen ${randomUUID()}`;
  const site = `activation-${randomUUID().slice(0, 8)}`;

  before(async function () {
    this.timeout(360_000); // the first run may have to build a Temporal server
    const { temporal, client } = await sharedTemporal();
    sandbox = await startSandbox({ throttle: false });
    const { certificate, files } = pair;
    identity = await IdentityService.open();
    identity.register(sandbox);
    sandbox.encryptMetadata({ mvpd: 'NorthCable', certificate, scheme: 'rsa-pkcs1' });
    const userMetadata = folder.settings({
      apps: { demo: { scheme: 'rsa-pkcs1', keys: [files] } },
    });
    const taskQueue = `secrets-${randomUUID()}`;
    const app = () => ({
      softwareStatement: sandbox.softwareStatement(),
      serviceProvider: 'REF30',
      domainName: 'example.com',
      redirectUrl: 'http://127.0.0.1:9/done',
    });
    // Its workflow is named after the app alone, and other tests share the server.
    const tempPass = ['TempPass_Titles', 'TempPass_Daily'];
    const apps = { demo: { ...app(), tempPass }, [site]: app() };
    worker = await startWorkerProcess(apps, {
      ADOBE_PASS_URL: sandbox.url,
      DEVICEPASS_KEYS: keys.export(),
      DEVICEPASS_TASK_QUEUE: taskQueue,
      DEVICEPASS_POLL_INTERVAL_MS: '3000',
      DEVICEPASS_USER_METADATA: userMetadata,
      TEMPORAL_ADDRESS: temporal.address,
    });
    pass = await connect({
      keys,
      temporal: client,
      taskQueue,
      adobePassUrl: sandbox.url,
      returnUrl: 'http://127.0.0.1:9/return',
      answerWithinMs: 15_000,
      userMetadata: new UserMetadataKeys(userMetadata),
      serviceTokens: new ServiceTokens({ issuer: ISSUER, privateKey: identity.privateKey }),
      mediaTokens: {
        verifier: { verify: async ({ token }) => Promise.reject(new Error(`${token} is odd`)) },
      },
    });
    hardwareId = `hardware-${randomUUID()}`;
    await live();
    const appleTv = await liveByApple();
    const tv = pass.device({ app: 'demo', id: hardwareId, facts: FACTS, ip: TV_IPS[0] });
    const others = [secondTv().workflowId, appleTv.workflowId];
    const workflows = [tv.workflowId, ...others, `application:${taskQueue}:${site}`];
    traces = [
      ...(await Promise.all(workflows.map((id) => tracesOf(client, id)))).flat(),
      { where: 'errors that callers got', text: textOf(errors.map((error) => inspect(error))) },
    ];
  });
  after(async () => {
    await pass?.close();
    await worker?.stop();
    await sandbox?.stop();
    folder.remove();
  });

  /** Another TV of the same household. */
  const secondTv = () =>
    pass.device({
      app: 'demo',
      id: `${hardwareId} 2`,
      facts: FACTS,
      ip: TV_IPS[0],
      household: subject,
    });

  /** A viewer's evening on which nearly everything goes wrong once. */
  async function live(): Promise<void> {
    const at = (ip: string) =>
      pass.device({
        app: 'demo',
        id: hardwareId,
        facts: FACTS,
        ip,
        port: 51_077,
        household: subject,
        rokuSubscriberId: subscriberId,
        viewerTokens: {
          subjectToken: sandbox.platformToken({ platform: 'amazon', subject: viewerId }),
          rokuConnectToken: sandbox.platformToken({
            platform: 'roku',
            subject: viewerId,
            form: 'jwe',
          }),
          visitorIdentifier: visitorIds[0],
        },
      });
    let tv = at(TV_IPS[0]);
    const trialTv = at(TRIAL_IP);
    const { faults } = sandbox;
    const tryTo = (call: Promise<unknown>) =>
      call.catch((error: unknown) => void errors.push(error));
    const status = async (wanted: string) =>
      eventually(
        async () => (await tv.view()).standing.status === wanted,
        `the device is ${wanted}`,
        30_000,
      );

    faults.set({ operation: 'register', kind: 'status', status: 500 });
    // Trials in a row: the first is used up, the second taken, and then none is left.
    const trial = { trial: true, tempPassIdentity: IDENTITY };
    for (const mvpd of ['TempPass_Titles', 'TempPass_Daily']) {
      const begun = await trialTv.authenticate(trial);
      assert.ok(begun.status === 'signed-in' && begun.profile.mvpd.id === mvpd);
      await trialTv.authorize('REF30');
      sandbox.useUpTrials();
      assert.equal((await trialTv.authorize('REF30')).status, 'denied');
    }
    await tryTo(trialTv.authenticate(trial));
    const waiting = await tv.authenticate();
    assert.ok(waiting.status === 'pending');
    codes.push(waiting.code);
    const watched = tv.watch();
    await watched.next();

    faults.set({ operation: 'profileByCode', kind: 'html-429' });
    const phone = pass.secondScreen(waiting.code, {
      app: site,
      ip: PHONE_IP,
      visitorIdentifier: visitorIds[1],
    });
    await phone.check();
    await phone.providers();
    sandbox.expireAccessTokens();
    const chosen = await phone.choose({ id: 'NorthCable', displayName: 'North Cable' });
    assert.ok(chosen.status === 'pending' && chosen.url);
    await tryTo(pass.secondScreen('WRONG77', { app: site, ip: PHONE_IP }).check());
    await signInAsViewer(chosen.url);
    await status('signed-in'); // by the scheduled poll, in the long activity
    await watched.return();

    const second = secondTv();
    assert.equal((await second.authenticate()).status, 'signed-in');
    const household = await second.household();
    const tvs = await eventually(async () => {
      const found = await household.tvs();
      return found.length === 2 && found;
    }, 'both TVs are found');
    for (const { id, isThis } of tvs) if (isThis) await household.rename(id, tvName);
    for (const { id, isThis } of tvs) if (isThis) await household.signOut(id);
    await second.authenticate({ mvpd: { id: 'NorthCable' } });

    const { zip } = (await tv.userMetadata()).attributes;
    assert.ok(zip?.status === 'decrypted');
    decrypted.push(String(zip.value));
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    assert.equal((await tv.authorize('premium-movies')).status, 'denied');
    await tv.preauthorize(['REF30', 'premium-movies', 'flaky-news']);
    tv = at(TV_IPS[1]);
    sandbox.expireAccessTokens();
    await tryTo(tv.authorize('REF30', { verify: true }));
    faults.set({ operation: 'authorize', kind: 'expired-token', times: 2 });
    await tryTo(tv.authorize('REF30'));
    faults.set({ operation: 'authorize', kind: 'status', status: 500, times: 3 });
    await tryTo(tv.authorize('REF30'));
    faults.set({ operation: 'authorize', kind: 'html-429' });
    await tryTo(tv.authorize('REF30'));
    faults.set({ operation: 'authorize', kind: 'reset', times: 3 });
    await tryTo(tv.authorize('REF30'));
    // An answer that repeats what it was sent.
    const [, bearer = ''] = (
      sandbox.requests.findLast(({ operation }) => operation === 'authorize')?.headers[
        'authorization'
      ] ?? ''
    ).split(' ');
    const echo = { code: 'odd', action: 'none', status: 400, message: `no ${bearer}`, trace: 't' };
    const body = JSON.stringify({ ...echo, details: `token ${bearer} of nobody` });
    faults.set({ operation: 'authorize', kind: 'body', status: 400, body });
    await tryTo(tv.authorize('REF30'));
    const item = { ...echo, status: 403, details: `${bearer} for ${TV_IPS[1]}` };
    const denial = { decisions: [{ resource: 'REF30', authorized: false, error: item }] };
    faults.set({ operation: 'preauthorize', kind: 'body', body: JSON.stringify(denial) });
    await tv.preauthorize(['REF30'], { refresh: true });
    faults.set({ operation: 'authorize', kind: 'body', body: JSON.stringify(denial) });
    assert.equal((await tv.authorize('REF30')).status, 'denied');
    tv = at(TV_IPS[2]);
    await tv.logout();

    faults.set({ operation: 'createSession', kind: 'error', code: 'invalid_parameter_mvpd' });
    await tryTo(tv.authenticate({ mvpd: { id: 'SkyDish' } }));
    const again = await tv.authenticate({ mvpd: { id: 'SkyDish' } });
    assert.ok(again.status === 'pending' && again.url);
    codes.push(again.code);
    await signInAsViewer(again.url);
    await tv.browserReturned();
    await status('signed-in');
    tv = at(TV_IPS[3]);
    sandbox.revokeClients();
    await tryTo(tv.authorize('REF30'));
    await status('signed-out');
    tv = at(TV_IPS[4]);
    sandbox.degrade({ mvpd: 'HarborTel', kind: 'AuthNAll' });
    assert.equal((await tv.authenticate({ mvpd: { id: 'HarborTel' } })).status, 'signed-in');
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    await tv.profiles();
    assert.ok(errors.length >= 5, `only ${errors.length} calls failed`);
  }

  /** A sign-in by Apple's framework, a play, an answer that is refused with what it said, a sign-out. */
  async function liveByApple(): Promise<DeviceClient> {
    const viewerTokens = { partnerFrameworkStatus: APPLE_STATUS };
    const id = `apple-${hardwareId}`;
    const tv = pass.device({ app: 'demo', id, facts: APPLE_TV, ip: APPLE_IP, viewerTokens });
    const question = async () => {
      const asked = await tv.partnerSignIn();
      assert.ok(asked.status === 'partner');
      const { request } = asked;
      return frameworkAnswer({ request, username: APPLE_VIEWER });
    };
    await tv.partnerResponse({ samlResponse: await question() });
    assert.equal((await tv.authorize('REF30')).status, 'permitted');
    await tv.logout();
    const samlResponse = await question();
    const sent = preparedSamlResponse(samlResponse) ?? '';
    toldByApple.push(sent);
    const details = `no ${sent} beside ${APPLE_HEADER}`;
    const body = JSON.stringify({ code: 'odd', action: 'none', status: 400, message: '', details });
    sandbox.faults.set({ operation: 'partnerProfile', kind: 'body', status: 400, body });
    const standing = await tv.partnerResponse({ samlResponse });
    assert.ok(standing.status === 'pending' && standing.fallback === 'odd');
    return tv;
  }

  const everywhere = () => [
    ...traces,
    { where: "the worker's log", text: textOf(worker.written()) },
  ];

  it('is nothing secret, in no place [S2S-06] [AI-02]', () => {
    const secrets = sandbox.secrets();
    assert.ok(secrets.length > 15, `only ${secrets.length} secrets`);
    for (const [index, secret] of secrets.entries()) {
      assert.ok(secret.length >= 8);
      assert.deepEqual(found(everywhere(), secret), [], `secret ${index}`);
    }
    for (const key of keys.export().split(',')) {
      assert.deepEqual(found(everywhere(), key.split(':')[1] ?? ''), []);
    }
  });

  it('is no metadata that was decrypted, and no key that opens it [S2S-08]', () => {
    const key = readFileSync(pair.files.privateKeyFile, 'utf8').split('\n');
    const [zip] = decrypted;
    assert.ok(zip && sandbox.secrets().includes(zip));
    for (const secret of [zip, ...key.filter((line) => line.length === 64)]) {
      assert.deepEqual(found(everywhere(), secret), []);
    }
  });

  it('is no account, no viewer of a platform and no visitor, though Adobe heard of them [S2S-06]', () => {
    const heard = textOf(sandbox.requests);
    const tokens = sandbox.secrets().filter((one) => heard.includes(one) && one.startsWith('eyJ'));
    assert.ok(
      tokens.some((one) => one.split('.').length === 5),
      'of Roku, encrypted',
    );
    assert.ok(
      tokens.some((one) => one.includes(Buffer.from('{"iss":"amazon"').toString('base64url'))),
    );
    const account = Buffer.from(subscriberId).toString('base64');
    for (const told of [account, ...visitorIds]) assert.ok(heard.includes(told), told);
    for (const secret of [subscriberId, account, ...visitorIds, viewerId]) {
      assert.deepEqual(found(everywhere(), secret), [], secret);
    }
  });

  it('is nothing of a household: no token, subject, key or name of a TV', () => {
    const tokens = sandbox.requests.flatMap(({ headers }) => headers['ad-service-token'] ?? []);
    assert.ok(tokens.length > 5 && sandbox.secrets().includes(tokens[0] ?? ''));
    const lines = identity.privateKey.split('\n').filter((line) => line.length === 64);
    assert.ok(lines.length > 10);
    for (const secret of [...tokens, ...lines, subject, tvName]) {
      assert.deepEqual(found(everywhere(), secret), []);
    }
  });

  it('is no word of a partner’s framework about a viewer', () => {
    const { expirationDate = '' } = APPLE_STATUS.frameworkProviderInfo;
    const { requests } = sandbox;
    const sent = ({ headers }: RecordedRequest) => headers['ap-partner-framework-status'];
    assert.ok(requests.some((request) => sent(request) === APPLE_HEADER));
    assert.equal(toldByApple.length, 1);
    for (const told of [...toldByApple, APPLE_VIEWER, expirationDate, APPLE_HEADER]) {
      assert.deepEqual(found(everywhere(), told), [], told);
    }
  });

  it('is no identity of who tried, nor its hash [TMP-02] [AI-02]', () => {
    const hash = hashOfIdentity(IDENTITY);
    assert.ok(sandbox.requests.some(({ headers }) => 'ap-temppass-identity' in headers));
    for (const personal of [IDENTITY, hash, Buffer.from(hash).toString('base64')]) {
      assert.deepEqual(found(everywhere(), personal), []);
    }
  });

  it('is no address of a viewer, and no device id that the backend gave [AI-02] [HDR-08]', () => {
    for (const personal of [...TV_IPS, APPLE_IP, TRIAL_IP, PHONE_IP, hardwareId]) {
      assert.deepEqual(found(everywhere(), personal), [], personal);
    }
  });

  it('is what operators need: the search finds it', () => {
    for (const code of codes) {
      const places = found(traces, code).map((where) => where.split(' of ')[0]);
      assert.ok(places.includes('history'), `code ${code} in the history`);
    }
    assert.ok(found(traces, 'NorthCable').length >= 1);
    const details = traces.find(({ where }) => where.startsWith('current details of device:'));
    assert.match(details?.text ?? '', /\| authorize \|/);
    const [device] = traces;
    assert.match(device?.text ?? '', /authorization_denied_by_mvpd/);
    assert.match(textOf(worker.written()), /worker runs/);
  });

  it('would be found if it were there, however it is wrapped', () => {
    const planted = 'planted-secret-value';
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const wrapped: unknown[] = [
      planted,
      { payloads: [{ metadata: {}, data: base64(JSON.stringify({ token: planted })) }] },
      base64(base64(planted)),
      JSON.stringify({ deep: [JSON.stringify(planted)] }),
      `${base64('{"alg":"none"}')}.${base64(planted)}.x`,
      { [planted]: true },
    ];
    for (const value of wrapped) {
      assert.deepEqual(found([{ where: 'here', text: textOf(value) }], planted), ['here']);
    }
  });
});
