import assert from 'node:assert/strict';
import { createEntitlements, type Viewer } from '../../src/catalogue/index.ts';
import { DevicePassError } from '../../src/client.ts';
import { title } from './support.ts';

const PAGE = [title()];
const MINUTE = 60_000;

/** A signed-in viewer whose channels are all permitted, on a clock that stands still. */
function setting(profile: { notAfter?: number } = {}) {
  const state = {
    now: 0,
    generation: 1,
    mvpd: 'NorthCable',
    asked: [] as string[][],
    authorized: true,
    source: 'mvpd',
  };
  const viewer: Viewer = {
    id: 'device',
    profile: async () => ({
      mvpd: state.mvpd,
      generation: state.generation,
      notAfter: profile.notAfter ?? Infinity,
    }),
    async preauthorize(channels) {
      state.asked.push(channels);
      const error = { code: 'preauthorization_denied_by_mvpd', action: 'none' };
      const { authorized, source } = state;
      return channels.map((resource) => {
        const decision = { resource, authorized, source };
        return authorized ? decision : { ...decision, error };
      });
    },
  };
  const entitlements = createEntitlements({ now: () => state.now });
  const access = async () => (await entitlements.accessTo(PAGE, viewer)).access[0];
  return { state, viewer, entitlements, access };
}

describe('a permit in memory', () => {
  it('is used again for a quarter of an hour', async () => {
    const { state, access } = setting();
    await access();
    state.now = 14 * MINUTE;
    assert.equal(await access(), 'likely');
    assert.equal(state.asked.length, 1);
    state.now = 15 * MINUTE;
    await access();
    assert.equal(state.asked.length, 2);
  });

  it('is for one page where a degradation gave it, which may be over by the next', async () => {
    const { state, access } = setting();
    state.source = 'degradation';
    assert.equal(await access(), 'likely');
    Object.assign(state, { source: 'mvpd', authorized: false });
    assert.equal(await access(), 'locked');
    assert.equal(state.asked.length, 2);
  });

  it('is kept no longer than the profile', async () => {
    const { state, access } = setting({ notAfter: 5 * MINUTE });
    await access();
    state.now = 5 * MINUTE;
    await access();
    assert.equal(state.asked.length, 2);
  });

  for (const [name, change] of [
    ['another sign-in', { generation: 2 }],
    ['another provider', { mvpd: 'SkyDish' }],
  ] as const) {
    it(`is worth nothing after ${name}`, async () => {
      const { state, access } = setting();
      await access();
      Object.assign(state, change);
      await access();
      assert.equal(state.asked.length, 2);
    });
  }
});

describe('a denial in memory', () => {
  it('lasts while pages are leafed through, and is asked anew soon', async () => {
    const { state, access } = setting();
    state.authorized = false;
    assert.equal(await access(), 'locked');
    state.now = 29_000;
    assert.equal(await access(), 'locked');
    assert.equal(state.asked.length, 1);
    state.now = 30_000;
    state.authorized = true;
    assert.equal(await access(), 'likely');
  });
});

describe('what is no answer', () => {
  it('locks nothing and is told, by code and action', async () => {
    const { viewer, entitlements } = setting();
    viewer.preauthorize = () =>
      Promise.reject(new DevicePassError('rate_limited', '', { action: 'retry', retryable: true }));
    assert.deepEqual(await entitlements.accessTo(PAGE, viewer), {
      signedIn: true,
      access: ['unknown'],
      problem: { code: 'rate_limited', action: 'retry' },
    });
  });

  it('means nobody is signed in where Adobe says so, and forgets what was permitted', async () => {
    const { viewer, entitlements, state } = setting();
    await entitlements.accessTo(PAGE, viewer);
    viewer.preauthorize = () =>
      Promise.reject(
        new DevicePassError('authenticated_profile_expired', '', { action: 'authentication' }),
      );
    const wider = [...PAGE, title({ channelResourceId: 'sky-docs' })];
    const { signedIn, access } = await entitlements.accessTo(wider, viewer);
    assert.equal(signedIn, false);
    assert.deepEqual(access, ['unknown', 'unknown']);
    assert.equal(state.asked.length, 1);
  });

  it('locks nothing either where a decision has no word on why', async () => {
    const { viewer, entitlements } = setting();
    viewer.preauthorize = async ([resource = '']) => [{ resource, authorized: false }];
    assert.deepEqual((await entitlements.accessTo(PAGE, viewer)).access, ['unknown']);
  });

  it('is not hidden when it is a bug', async () => {
    const { viewer, entitlements } = setting();
    viewer.preauthorize = () => Promise.reject(new TypeError('a bug'));
    await assert.rejects(entitlements.accessTo(PAGE, viewer), TypeError);
  });
});
