import assert from 'node:assert/strict';
import { signInAsViewer } from '../../src/sandbox/index.ts';
import { open, ofDevice, withProof } from '../../src/sealing/index.ts';
import {
  asking,
  type Bench,
  type Registered,
  startBench,
  waitingDevice,
  DEVICE,
} from './support.ts';

describe('sessions, profiles and logout', () => {
  let bench: Bench;
  let device: Registered;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(async () => {
    bench.sandbox.reset();
    device = await bench.registered();
  });

  const signedIn = async (mvpd = 'NorthCable') => {
    const { url } = await waitingDevice(bench, device, mvpd);
    await signInAsViewer(url);
  };
  const lastForm = () => bench.sandbox.requests.at(-1)?.body as Record<string, string>;

  it("opens with the app's domain and redirect, and the code to show [S2S-23]", async () => {
    const { adobe, run, sandbox } = bench;
    const { value, calls } = await run(() => adobe.createSession(device, { mvpd: 'NorthCable' }));
    assert.equal(value.action, 'authenticate');
    assert.match(value.code ?? '', /^[A-Z0-9]{7}$/);
    assert.ok(value.url?.startsWith(`${sandbox.url}/api/v2/authenticate/REF30/`));
    assert.deepEqual(lastForm(), {
      mvpd: 'NorthCable',
      domainName: 'example.com',
      redirectUrl: `${sandbox.url}/_sandbox/state`,
    });
    assert.deepEqual(
      calls.map(({ operation, status }) => [operation, status]),
      [['createSession', 200]],
    );
  });

  it('takes another redirect for a session, and no MVPD where none is chosen', async () => {
    const { adobe, run } = bench;
    const redirectUrl = 'https://tv.example/done?device=a.b.c';
    const given = await withProof(bench.keys, redirectUrl, device);
    const { value } = await run(() => adobe.createSession(device, { redirectUrl: given }));
    assert.deepEqual(value.missingParameters, ['mvpd']);
    assert.deepEqual(lastForm(), { domainName: 'example.com', redirectUrl });

    const { code = '' } = value;
    const resumed = await run(() =>
      adobe.resumeSession(device, code, { mvpd: 'SkyDish', redirectUrl: given }),
    );
    assert.equal(resumed.value.action, 'authenticate');
    assert.equal(resumed.value.code, code);
    assert.deepEqual(lastForm(), { mvpd: 'SkyDish', domainName: 'example.com', redirectUrl });
  });

  it('waits for the new code in the place of the old one, once there is one [ATN-05]', async () => {
    const { activities, run, sandbox, room } = bench;
    const { wanted, code } = await waitingDevice(bench, device);
    await room.enter({ ...wanted, firstPollAt: Date.now() + 15_000 });
    const seek = async (wait: boolean) =>
      run(() =>
        activities.seekSignIn(asking(device), {
          readsSettings: false,
          session: { orDefaultRedirect: true },
          ...(wait ? { wait: { passOver: [] } } : {}),
        }),
      );
    sandbox.faults.set({
      operation: 'createSession',
      kind: 'error',
      code: 'invalid_parameter_mvpd',
    });
    assert.ok('problem' in (await seek(true)));
    assert.equal(room.waitsFor(device), code, 'the old code is still good');
    const answer = await seek(true);
    assert.ok('value' in answer && 'shown' in answer.value);
    assert.equal(room.waitsFor(device), answer.value.shown.session.code);
    await seek(false);
    assert.equal(room.size, 0, 'the page on the device itself is not polled for yet');
  });

  it('finds no profile where nobody has signed in [S2S-21]', async () => {
    const { adobe, run, sandbox } = bench;
    assert.deepEqual((await run(() => adobe.findProfiles(device))).value, []);
    assert.deepEqual(
      (await run(() => adobe.findProfiles(device, { mvpd: 'NorthCable' }))).value,
      [],
    );
    assert.deepEqual(
      sandbox.requests.slice(-2).map(({ operation }) => operation),
      ['profiles', 'profileByMvpd'],
    );
  });

  it('finds the profile with the metadata sealed [ATN-10] [ATN-11]', async () => {
    const { adobe, run, keys, sandbox } = bench;
    await signedIn();
    const { value } = await run(() => adobe.findProfiles(device, { mvpd: 'NorthCable' }));
    const [profile] = value;
    assert.ok(profile);
    const { attributes, ...open_ } = profile;
    assert.equal(open_.mvpd, 'NorthCable');
    assert.equal(open_.type, 'regular');
    assert.ok(open_.notAfter > Date.now());
    const told = await open(
      keys,
      attributes,
      ofDevice('profile', DEVICE, profile.mvpd, String(profile.notAfter)),
    );
    assert.ok('userID' in told && 'zip' in told);
    const text = JSON.stringify(value);
    for (const secret of sandbox.secrets()) assert.ok(!text.includes(secret));
  });

  it('gives several profiles with the longest first [ATN-16]', async () => {
    const { adobe, run } = bench;
    await signedIn('NorthCable');
    await signedIn('SkyDish');
    const { value } = await run(() => adobe.findProfiles(device));
    assert.deepEqual(
      value.map(({ mvpd }) => mvpd),
      ['SkyDish', 'NorthCable'],
    );
  });

  it('signs out and says what the device has to do [LO-01] [LO-02] [S2S-32]', async () => {
    const { adobe, run, sandbox } = bench;
    await signedIn();
    const { value } = await run(() => adobe.logout(device, 'NorthCable'));
    assert.equal(value.length, 1);
    assert.equal(value[0]?.actionName, 'logout');
    assert.equal(value[0]?.actionType, 'interactive');
    assert.ok(value[0]?.url?.startsWith(`${sandbox.url}/adobe-services/logout?`));
    const asked = new URL(sandbox.requests.at(-1)?.path ?? '', sandbox.url);
    assert.equal(asked.searchParams.get('redirectUrl'), `${sandbox.url}/_sandbox/state`);
    assert.deepEqual((await run(() => adobe.findProfiles(device))).value, []);
  });

  it('signs out to another page where one is given [LO-03]', async () => {
    const { adobe, run, sandbox } = bench;
    await signedIn('SkyDish');
    const end = await withProof(bench.keys, 'https://tv.example/bye?x=1', device);
    const { value } = await run(() => adobe.logout(device, 'SkyDish', end));
    assert.deepEqual(value, [{ mvpd: 'SkyDish', actionName: 'complete', actionType: 'none' }]);
    const asked = new URL(sandbox.requests.at(-1)?.path ?? '', sandbox.url);
    assert.equal(asked.searchParams.get('redirectUrl'), 'https://tv.example/bye?x=1');
  });
});
