import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type DeviceClient } from '../../src/client.ts';
import { type Operation } from '../../src/sandbox/index.ts';
import { IdentityService, ISSUER } from '../service-tokens/support.ts';
import { eventually, type Stack } from '../support/stack.ts';
import { asPending, errorOf, newTv, signIn, type Tv } from '../workflows/support.ts';
import { startHouseholds } from './support.ts';

const NORTH = { id: 'NorthCable' };
const SKY = { id: 'SkyDish' };
const HEADER = 'ad-service-token';
const newSubject = () => `viewer-${randomUUID()}`;

describe('F17 Service-token single sign-on', () => {
  let stack: Stack;
  let identity: IdentityService;
  before(async function () {
    this.timeout(300_000);
    ({ stack, identity } = await startHouseholds());
    const demo = stack.apps.get('demo');
    assert.ok(demo);
    const softwareStatement = stack.sandbox.softwareStatement();
    stack.apps.set('another', { ...demo, softwareStatement });
  });
  after(() => stack.stop());
  afterEach(() => stack.sandbox.faults.clear());

  const householdTv = (household: string) => newTv(stack, { household });
  const signInRegularly = async (tv: DeviceClient, mvpd = NORTH) => {
    await signIn(tv, { mvpd: mvpd.id });
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-in', `signed in, not ${standing.status}`);
    assert.equal(standing.profile.type, 'regular');
    return standing;
  };
  const all = ({ options: { ip } }: Tv) =>
    stack.sandbox.requests.filter((request) => request.ip === ip);
  const profileOf = async (tv: DeviceClient) => {
    const { standing } = await tv.view();
    assert.ok(standing.status === 'signed-in', `signed in, not ${standing.status}`);
    return standing.profile;
  };
  const sentBy = ({ sent }: Tv, ...operations: Operation[]) =>
    sent(...operations).map(({ headers }) => headers[HEADER]);

  describe('1: the token', () => {
    it('made here is RS256 with iss, sub, aud, iat, exp, jti and kid, a fresh one a request [SSO-04] [ATN-19]', async () => {
      const subject = newSubject();
      const device = householdTv(subject);
      await signInRegularly(device.tv);
      await device.tv.authorize('REF30');
      const [asked] = sentBy(device, 'createSession');
      const [decided] = sentBy(device, 'authorize');
      assert.ok(asked && decided && asked !== decided);
      const [header, claims] = asked
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
      assert.deepEqual(header, { alg: 'RS256', kid: identity.keyId, typ: 'JWT' });
      const { iat, exp, jti, ...rest } = claims as Record<string, number | string>;
      assert.deepEqual(rest, { iss: ISSUER, sub: subject, aud: 'Adobe' });
      assert.ok(Number(exp) - Number(iat) === 3_600 && typeof jti === 'string');
    });

    it('that is over is never sent, and the TV is served without', async () => {
      const subject = newSubject();
      await signInRegularly(householdTv(subject).tv);
      const over = { exp: Math.floor(Date.now() / 1000) - 1 };
      const serviceToken = await identity.token(subject, over);
      const device = newTv(stack, { viewerTokens: { serviceToken } });
      await signInRegularly(device.tv);
      assert.equal((await device.tv.authorize('REF30')).status, 'permitted');
      assert.ok(all(device).every(({ headers }) => !(HEADER in headers)));
      assert.equal((await errorOf(device.tv.household())).code, 'no_household');
    });

    it('that ends while a code waits is sent by no automatic renewal', async () => {
      const exp = Math.floor(Date.now() / 1000) + 2;
      const serviceToken = await identity.token(newSubject(), { exp });
      const device = newTv(stack, { viewerTokens: { serviceToken } });
      const { code } = asPending(await device.tv.authenticate({ mvpd: NORTH }));
      await eventually(() => Date.now() > exp * 1_000, 'the token is over');
      stack.sandbox.endSession(code); // the next poll finds it out
      const stop = new AbortController();
      for await (const standing of device.tv.watch({ signal: stop.signal })) {
        if (standing.status === 'pending' && standing.code !== code) break;
      }
      const [first, ...later] = sentBy(device, 'createSession');
      assert.equal(first, serviceToken);
      assert.ok(later.length > 0 && later.every((token) => token === undefined));
    });

    it('that Adobe would not take is refused to a backend in one line without it', async () => {
      const subject = newSubject();
      const secret = Buffer.alloc(32, 1);
      const broken: [string, RegExp][] = [
        [await identity.token(subject, {}, { alg: 'HS256', key: secret }), /not signed by RS256/],
        [await identity.token(subject, { exp: null }), /lacks a good exp/],
        [await identity.token(subject, { aud: 'Others' }), /lacks a good aud/],
      ];
      for (const [serviceToken, words] of broken) {
        assert.throws(
          () => stack.tv({ viewerTokens: { serviceToken } }),
          ({ code, message }: { code: string; message: string }) =>
            code === 'invalid_request' && words.test(message) && !message.includes(serviceToken),
        );
      }
    });
  });

  it('2: the first TV signs in with a code, and takes the token wherever it is listed', async () => {
    const device = householdTv(newSubject());
    await signInRegularly(device.tv);
    await device.tv.preauthorize(['REF30']);
    await device.tv.authorize('REF30');
    await device.tv.logout();
    const listed = [
      'createSession',
      'profiles',
      'profileByMvpd',
      'preauthorize',
      'authorize',
      'logout',
    ];
    for (const { operation, headers } of all(device)) {
      assert.equal(HEADER in headers, listed.includes(operation), operation);
    }
  });

  it('3: another TV of the same viewer, with another app, is signed in without a code [ATN-19]', async () => {
    const subject = newSubject();
    const first = await signInRegularly(householdTv(subject).tv);
    for (const app of ['demo', 'another']) {
      const device = newTv(stack, { household: subject, app });
      assert.equal((await device.tv.authenticate()).status, 'signed-in');
      const profile = await profileOf(device.tv);
      assert.equal(profile.type, 'serviceTokenSSO');
      assert.ok(Math.abs(profile.notAfter - first.profile.notAfter) < 5_000, 'ends with the first');
      assert.deepEqual(device.sent('createSession'), []);
      assert.equal((await device.tv.authorize('REF30')).status, 'permitted');
      assert.deepEqual(
        await device.tv
          .preauthorize(['REF30', 'premium-one'])
          .then((all) => all.map(({ authorized }) => authorized)),
        [true, false],
      );
      assert.ok(sentBy(device, 'authorize', 'preauthorize').every(Boolean));
    }
  });

  it('3: with a token that its own identity service made, too', async () => {
    const subject = newSubject();
    const serviceToken = await identity.token(subject);
    await signInRegularly(stack.tv({ viewerTokens: { serviceToken } }));
    const other = stack.tv({ viewerTokens: { serviceToken: await identity.token(subject) } });
    assert.equal((await other.authenticate()).status, 'signed-in');
  });

  describe('3: there is none', () => {
    it('for another viewer: a code', async () => {
      await signInRegularly(householdTv(newSubject()).tv);
      asPending(await householdTv(newSubject()).tv.authenticate({ mvpd: NORTH }));
    });

    it('for a token that Adobe does not believe: a code, and no word of it', async () => {
      const subject = newSubject();
      await signInRegularly(householdTv(subject).tv);
      const forger = await IdentityService.open();
      const serviceToken = await forger.token(subject);
      const device = newTv(stack, { viewerTokens: { serviceToken } });
      asPending(await device.tv.authenticate({ mvpd: NORTH }));
      assert.deepEqual(sentBy(device, 'createSession'), [serviceToken]);
    });

    it('where it is off for the provider (release notes 3.10): a code each', async () => {
      const subject = newSubject();
      await signInRegularly(householdTv(subject).tv, SKY);
      await signInRegularly(householdTv(subject).tv, SKY);
    });
  });

  it('3: a TV that waits with a code is signed in when it asks again, once another TV is', async () => {
    const subject = newSubject();
    const second = householdTv(subject);
    asPending(await second.tv.authenticate());
    await signInRegularly(householdTv(subject).tv);
    assert.equal((await second.tv.authenticate()).status, 'signed-in');
    assert.equal((await profileOf(second.tv)).type, 'serviceTokenSSO');
  });

  it('3: a look that fails leaves it to the session, which says so too', async () => {
    const subject = newSubject();
    await signInRegularly(householdTv(subject).tv);
    const device = householdTv(subject);
    stack.sandbox.faults.set({
      operation: 'profileByMvpd',
      kind: 'error',
      code: 'invalid_parameter_mvpd',
      ip: device.options.ip,
    });
    const standing = await device.tv.authenticate({ mvpd: NORTH });
    assert.equal(standing.status, 'signed-in');
    assert.equal(device.sent('createSession').length, 1);
  });

  it('a play without a token that holds ends the sign-in, and the next token brings it back', async () => {
    const subject = newSubject();
    await signInRegularly(householdTv(subject).tv);
    const id = randomUUID();
    const { tv } = newTv(stack, { household: subject, id });
    await tv.authenticate();
    const play = await stack.tv({ id }).authorize('REF30');
    assert.equal(play.status, 'denied');
    assert.equal((await tv.view()).standing.status, 'signed-out');
    assert.equal((await tv.authenticate()).status, 'signed-in', 'it was not set aside');
  });
});
