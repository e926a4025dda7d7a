import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, DevicePassError, UserMetadataKeys } from '../../src/client.ts';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { eventually, FACTS, freshIp, type Stack, startStack } from '../support/stack.ts';
import { KeyFolder } from '../user-metadata/support.ts';

const ZIP = /^[\w+/]{43}=$/;

describe('user metadata for a backend', () => {
  let stack: Stack;
  const folder = new KeyFolder();
  const current = folder.pair('current');
  const backup = folder.pair('backup');
  before(async function () {
    this.timeout(300_000); // the first run may have to build a Temporal server
    stack = await startStack();
  });
  after(async () => {
    await stack.stop();
    folder.remove();
  });

  /** A backend with these keys, and a TV of it that is signed in. */
  const signedIn = async (settings: unknown, mvpd: string) => {
    const { keys, client: temporal, config } = stack;
    const userMetadata = settings ? new UserMetadataKeys(folder.settings(settings)) : undefined;
    const { taskQueue } = config;
    const pass = await connect({ keys, temporal, taskQueue, userMetadata });
    const tv = pass.device({ app: 'demo', id: randomUUID(), facts: FACTS, ip: freshIp() });
    const waiting = await tv.authenticate({ mvpd: { id: mvpd } });
    assert.ok(waiting.status === 'pending' && waiting.url);
    await signInAsViewer(waiting.url);
    await tv.browserReturned();
    await eventually(async () => (await tv.view()).standing.status === 'signed-in', 'signed in');
    return { tv, close: () => pass.close() };
  };
  const REF30 = (scheme: string) => ({
    serviceProviders: { REF30: { scheme, keys: [current.files, backup.files] } },
  });

  it('is opened with its private keys, and nowhere before [S2S-08]', async () => {
    const { certificate } = current;
    stack.sandbox.encryptMetadata({ mvpd: 'RiverFiber', certificate, scheme: 'rsa-oaep' });
    const { tv, close } = await signedIn(REF30('rsa-oaep'), 'RiverFiber');
    const { mvpd, expiresAt, attributes } = await tv.userMetadata();
    assert.equal(mvpd, 'RiverFiber');
    assert.ok(expiresAt.getTime() > Date.now());
    const { userID, zip } = attributes;
    assert.ok(userID?.status === 'plain' && zip?.status === 'decrypted');
    assert.match(String(zip.value), ZIP);
    assert.ok(stack.sandbox.secrets().includes(String(zip.value)));

    // A standing has it as Adobe gave it, and Temporal nothing of it.
    const standing = await tv.authenticate();
    assert.ok(standing.status === 'signed-in');
    assert.ok(!JSON.stringify(standing).includes(String(zip.value)));
    const { events } = await stack.client.workflow.getHandle(tv.workflowId).fetchHistory();
    assert.ok(events && !JSON.stringify(events).includes(String(zip.value)));
    await close();
  });

  it('stays readable when Adobe goes from the current certificate to the backup [S2S-08]', async () => {
    for (const [{ certificate }, scheme] of [
      [current, 'rsa-pkcs1'],
      [backup, 'rsa-pkcs1'],
      [current, 'jwe'],
      [backup, 'jwe'],
    ] as const) {
      stack.sandbox.encryptMetadata({ mvpd: 'SkyDish', certificate, scheme });
      const { tv, close } = await signedIn(REF30(scheme), 'SkyDish');
      const { zip } = (await tv.userMetadata()).attributes;
      assert.ok(zip?.status === 'decrypted', `${scheme}: ${JSON.stringify(zip)}`);
      assert.match(String(zip.value), ZIP);
      await close();
    }
  });

  it('is read from answers with blanks, line breaks, odd case and times as text', async () => {
    const { certificate } = current;
    const encryption = { certificate, scheme: 'rsa-oaep', odd: true } as const;
    stack.sandbox.encryptMetadata({ mvpd: 'HarborTel', ...encryption });
    const { tv, close } = await signedIn(REF30('rsa-oaep'), 'HarborTel');
    const { expiresAt, attributes } = await tv.userMetadata();
    assert.equal(attributes['zip']?.status, 'decrypted');
    assert.ok(expiresAt.getTime() > Date.now() + 86_400_000);
    await close();
  });

  it('gives all else where one attribute can not be opened, and hinders nothing', async () => {
    const { certificate } = folder.pair('stranger');
    stack.sandbox.encryptMetadata({ mvpd: 'NorthCable', certificate, scheme: 'rsa-oaep' });
    const broken = { certificateFile: '/not/there.pem', privateKeyFile: '/not/there.key' };
    const withBroken = { apps: { demo: { scheme: 'rsa-oaep', keys: [broken] } } };
    for (const [settings, reason] of [
      [REF30('rsa-oaep'), 'wrong_key'],
      [withBroken, 'no_usable_key'],
      [undefined, 'no_keys'],
    ] as const) {
      const { tv, close } = await signedIn(settings, 'NorthCable');
      const { userID, zip } = (await tv.userMetadata()).attributes;
      assert.equal(userID?.status, 'plain');
      assert.equal(zip?.status === 'unreadable' && zip.reason, reason);
      assert.equal((await tv.authorize('REF30')).status, 'permitted');
      await close();
    }
  });

  it('says that nobody is signed in', async () => {
    const tv = stack.tv();
    await tv.authenticate({ mvpd: { id: 'NorthCable' } });
    await assert.rejects(
      tv.userMetadata(),
      (error) => error instanceof DevicePassError && error.code === 'not_signed_in',
    );
  });

  it('leaves the code alive while Adobe has no good certificate of the programmer', async () => {
    const tv = stack.tv();
    const waiting = await tv.authenticate({ mvpd: { id: 'NorthCable' } });
    assert.ok(waiting.status === 'pending' && waiting.url);
    const code = 'invalid_configuration_user_metadata_certificate';
    stack.sandbox.faults.set({ operation: 'profileByCode', kind: 'error', code, share: 1 });
    await tv.browserReturned();
    await eventually(async () => (await tv.view()).lastError?.code === code, 'operators see it');
    const { standing } = await tv.view();
    assert.equal(standing.status === 'pending' && standing.code, waiting.code);
    stack.sandbox.faults.clear();
    await signInAsViewer(waiting.url);
    await eventually(async () => (await tv.view()).standing.status === 'signed-in', 'signed in');
    assert.equal((await tv.view()).lastError, undefined);
  });
});
